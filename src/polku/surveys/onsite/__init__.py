"""Surveys on the company's own website: the widget's server side, and the pages where it is set up."""
