"""Whatever is refused to it while it reads its configuration anew: either all of the new one is in
force, at every worker, or all of the old one goes on; and the next reload succeeds.

Every place that asks fails once; with `--full` every call in turn (minutes).
"""
import contextlib
import itertools
import json
import os
import re
import signal
import socket
import sys

import harness
from harness import Issuer, Setting
from harness.faults import FAULTY, Faults

FULL = "--full" in sys.argv and not sys.argv.remove("--full")
PROBES = 4  # connections in a row: the system spreads them over two workers


class Reloads(Setting):
    def setUp(self):
        super().setUp()
        self.faults = Faults(self.folder)
        self.second = Issuer(self.pki, "k2")
        self.tokens = {"old": self.issuer.token(), "new": self.second.token()}
        with open(self.pki.path("new.json"), "w", encoding="ascii") as file:
            json.dump({"keys": [self.second.jwk]}, file)
        self.extra = harness.free_port()
        self.unix = self.pki.path("extra.sock")
        self.configs = {"old": self.config(), "new": self.new_config()}
        self.gateway_ = self.gateway(self.configs["old"], program=FAULTY, PEN_FAULTS=self.faults.path)
        self.now, self.generation = "old", 1
        self.settles("old")
        self.held = self.descriptors()

    def new_config(self):
        """Another route, key set, listeners, connections to the function and audit file; and schemas."""
        held = {"route": "/held/*", "schema": {"body": "held.json", "dataschema": "use"}, "openapi": "api.json"}
        os.makedirs(self.pki.path("schemas"), exist_ok=True)
        for name, schema in (("held.json", {"items": {"$ref": "https://example.com/s/item.json"}}),
                             ("schemas/item.json", {"pattern": "^[a-z]+$", "format": "hostname"}),
                             ("api.json", {"openapi": "3.1.0", "paths": {"/{a}": {"post": {"requestBody": {"content": {
                                 "application/json": {"schema": {"type": "array"}}}}}}}})):
            with open(self.pki.path(name), "w", encoding="ascii") as file:
                json.dump(schema, file)
        listen = f'listen:\n  - address: "unix:{self.unix}"\n  - address: 127.0.0.1:{self.extra}\n'
        more = 'schemas: { "https://example.com/s/": schemas }'
        text = self.config(functions={"held": held}, more=more).replace("/open/*", "/new/*").replace("jwks.json", "new.json")
        return text.replace("listen:\n", listen).replace("file: AUDIT", "file: AUDIT.new")

    def ask(self, path, token=None):
        """The status of one request on a connection of its own; None when it was closed."""
        fields = f"Authorization: Bearer {token}\r\n" if token else ""
        data = (f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{fields}"
                "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}").encode()
        try:
            with self.gateway_.connect() as connection:
                connection.sendall(data)
                answer = connection.recv(65536)
                return int(answer.split()[1]) if answer else None
        except TimeoutError:
            self.fail(f"no answer and no end after {self.faults.last}")
        except OSError:
            return None

    def runs(self, which):
        """Is this configuration in force, as far as one caller can tell?"""
        other = {"old": "new", "new": "old"}[which]
        path = {"old": "/open/x", "new": "/new/x"}
        return [self.ask(path[which]), self.ask(path[other]), self.ask("/function/orders", self.tokens[which]),
                self.ask("/function/orders", self.tokens[other])] == [200, 404, 200, 401]

    def listens(self):
        """Do the listeners of the new configuration answer?"""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.extra), harness.PATIENCE) as tcp:
            with socket.socket(socket.AF_UNIX) as local:
                local.connect(self.unix)
                for connection in (tcp, local):
                    connection.settimeout(harness.PATIENCE)
                    connection.sendall(b"GET /new/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                    self.assertTrue(connection.recv(65536).startswith(b"HTTP/1.1 200 "))
            return True
        return False

    def descriptors(self):
        """What descriptors it has but for connections, and what standard input is. Only root may ask."""
        folder = f"/proc/{self.gateway_.process.pid}/fd"
        if os.getuid() != 0:
            return None
        with open("/proc/net/tcp", encoding="ascii") as file:
            listening = {f"socket:[{line.split()[9]}]" for line in file if line.split()[3] == "0A"}
        links = []
        for name in os.listdir(folder):
            with contextlib.suppress(FileNotFoundError):
                links.append(os.readlink(f"{folder}/{name}"))
        kept = [link for link in links if link in listening or not link.startswith("socket:")]
        return len(kept), os.readlink(f"{folder}/0")

    def has_listeners(self):
        """Asked of the system: a connection would be kept waiting while they close."""
        with open("/proc/net/tcp", encoding="ascii") as file:
            open_ = any(line.split()[1].endswith(f":{self.extra:04X}") and line.split()[3] == "0A" for line in file)
        return open_ or os.path.exists(self.unix)

    def reload(self, which):
        """Which configuration is in force after it was asked to take this one?"""
        self.gateway_.write(self.configs[which])
        seen = len(self.gateway_.lines)
        self.gateway_.hang_up()

        def outcome():
            self.gateway_.said("x")  # fails when it has ended
            for line in self.gateway_.lines[seen:]:
                found = re.search(r"generation (\d+) (of the configuration is in force|goes on)", line)
                if found:
                    return found
            return None

        found = harness.wait_for(self.faults.after("an outcome"), outcome)
        generation = int(found.group(1))
        self.assertEqual(generation, self.generation + (found.group(2) != "goes on"), self.gateway_.lines[seen:])
        self.generation = generation
        return self.now if found.group(2) == "goes on" else which

    def settles(self, which):
        """All of it is in force, at all workers."""
        harness.wait_for(self.faults.after(f"{which} is in force"), lambda: self.runs(which))
        for _ in range(PROBES):
            self.assertTrue(self.runs(which), self.faults.after("it"))
        if which == "new":
            self.assertTrue(self.listens(), self.faults.after("it"))
        else:
            harness.wait_for(self.faults.after("the other listeners are closed"), lambda: not self.has_listeners())
        self.now = which

    def test_all_or_nothing_is_in_force(self):
        clean, outcomes = 0, {True: 0, False: 0}
        for calls in itertools.count():
            wanted = {"old": "new", "new": "old"}[self.now]
            self.faults.fail_after(calls // 2) if FULL else self.faults.fail_new_places()
            got = self.reload(wanted)
            with contextlib.suppress(AssertionError):  # while it may fail, only for the workers to see it
                harness.wait_for("some worker has it", lambda: self.runs(got), 1)
            fired = self.faults.off()
            self.settles(got)
            outcomes[got == wanted] += 1
            if got != wanted:
                self.assertGreater(fired, 0)
                self.assertEqual(self.reload(wanted), wanted)
                self.now = wanted
                harness.wait_for(f"{wanted} is in force", lambda: self.runs(wanted))
            clean = 0 if fired else clean + 1
            if clean == 2:
                break
        self.assertGreater(outcomes[False], 10)
        self.settles(self.reload("old"))
        harness.wait_for("no descriptor is kept", lambda: self.descriptors() == self.held)
        self.gateway_.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.gateway_.process.wait(harness.PATIENCE), 0)
        self.assertFalse(os.path.exists(self.unix))


if __name__ == "__main__":
    harness.main()
