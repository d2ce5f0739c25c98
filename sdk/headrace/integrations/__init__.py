"""What connects Headrace to systems outside: a room for each, its libraries imported when they are used."""
