"""A program to capture: a dictionary whose entries are replaced, counters and lists beside it."""
import random

random.seed(5)
users = {f"user{i}": {"visits": 0, "score": 1.0, "last": ""} for i in range(60_000)}
recent = []
while True:
    name = f"user{random.randrange(60_000)}"
    user = users[name]
    user["visits"] += 1
    user["score"] *= 1.01 if user["score"] < 1e6 else 1e-6
    user["last"] = f"page-{random.randrange(1000)}?ref={user['visits']}"
    recent.append((name, user["visits"]))
    if len(recent) > 5_000:
        del recent[:2_500]
