"""What each method does: check the request, act in one transaction, answer."""
