"""Points and coupons, a module a part: figures, statement, what to take, what is held; and coupons in words."""
