"""Policy packs as values: what a rule may ask, how it is read and checked, and how a publication comes out under it."""
