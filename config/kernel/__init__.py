"""The ground floor: what every app stands on and that stands on none of them."""
