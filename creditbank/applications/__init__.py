"""Credit applied 计入 to an enrolment 学籍, and what its school answers: entered 入册 or not."""
