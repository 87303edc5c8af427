"""The sandbox's market: a reference price, and actors who trade around it by signed transactions."""
