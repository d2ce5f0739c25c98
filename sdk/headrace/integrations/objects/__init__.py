"""Object stores, whoever provides them: buckets of objects, and what is kept in them."""
