"""The rules of the wallet: commands and what is held in memory in, deeds or rejections out. No clock, no store."""
