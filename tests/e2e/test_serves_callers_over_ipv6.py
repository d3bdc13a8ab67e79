"""A caller from ::1 is named as RFC 7239 section 6 wants it: quoted and in brackets."""
import socket
import unittest

import harness
from harness import Setting


def has_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@unittest.skipUnless(has_ipv6(), "this machine has no ::1")
class ServesCallersOverIpv6(Setting):
    def test_forwarded_names_the_caller(self):
        gateway = self.gateway(self.config().replace("address: 127.0.0.1:0", 'address: "[::1]:0"', 1))
        with gateway.connect(host="::1") as connection:
            connection.sendall(b"POST /open/x HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                               b"Content-Length: 2\r\n\r\n{}")
            self.assertTrue(connection.recv(65536).startswith(b"HTTP/1.1 200 "))
        request = self.seen[0]
        self.assertTrue(request.one("Forwarded").startswith('for="[::1]";'), request.head)
        self.assertEqual(request.one("X-Forwarded-For"), "::1")
        self.assertTrue(gateway.records(1)[0]["remote"].startswith("[::1]:"))


if __name__ == "__main__":
    harness.main()
