"""What it is worth: the company's answers about money, from which every euro of the product follows."""
