"""Load for memcached on the port given: sets and increments of random keys."""
import random
import socket
import sys

random.seed(9)
server = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
filler = "".join(random.choice("abcdefghij0123456789") for _ in range(4000))


def send(commands):
    server.sendall("".join(commands).encode())


send(f"set n{i} 0 0 1 noreply\r\n1\r\n" for i in range(20_000))
while True:
    commands = []
    for _ in range(200):
        key = random.randrange(60_000)
        length = 20 + random.randrange(600)
        start = random.randrange(3000)
        commands.append(f"set k{key} 0 0 {length} noreply\r\n{filler[start:start + length]}\r\n")
        commands.append(f"incr n{random.randrange(20_000)} 1 noreply\r\n")
    send(commands)
