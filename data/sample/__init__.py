"""The sample data: what an invented person in Hangzhou does in a month, as tables and the draws from them."""
