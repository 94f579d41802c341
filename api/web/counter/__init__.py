"""Pages of the counter 服务网点: what staff does for a learner who stands before them."""
