"""Pictures of figures, drawn on the server as SVG (decision 0018).

`svg` makes elements, `scales` places values, `axes`, `bars` and `lines` draw what most pictures need, `images` makes a
PNG. Colours are classes of `charts.css`, the one sheet for pages and for files.
"""
