"""What every admin page stands on, and the pages of the system itself."""
