"""What there is: rack definitions read, checked, frozen and expanded into a network of parts."""
