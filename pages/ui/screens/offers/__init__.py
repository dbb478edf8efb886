"""What is offered, a module a part: publishing a coupon, how the coupons go, points campaigns."""
