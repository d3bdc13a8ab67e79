"""Sockets that a service manager keeps open: callers wait in them while one process ends and the next
begins. The test plays the manager's part: descriptors from 3 on, and a socket for notices."""
import contextlib
import os
import socket
import threading
import time

import harness
from harness import JSON, Gateway, Setting, wait_for

EVENT = b"POST /open/x HTTP/1.1\r\nHost: localhost\r\n" + JSON.encode() + b"\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
# The manager knows the process id only when it has forked: a shell that becomes the gateway says its own.
HAND_OVER = 'export LISTEN_PID=$$ LISTEN_FDS={count}; exec "$0" "$@"'


class HandedOver(Gateway):
    """A gateway that finds these sockets from descriptor 3 on."""

    def __init__(self, setting, config, sockets, **variables):
        self.sockets = sockets
        super().__init__(setting, config, **variables)

    def popen(self, command, **options):
        def place():
            for number, one in enumerate(self.sockets):
                os.dup2(one.fileno(), 3 + number)

        script = HAND_OVER.format(count=len(self.sockets))
        return super().popen(["sh", "-c", script, *command], preexec_fn=place, pass_fds=range(3, 3 + len(self.sockets)), **options)


class GoesOnWithSocketsHandedOver(Setting):
    def listening(self):
        # Far above 3, where the test puts them.
        one = socket.create_server(("127.0.0.1", 0), backlog=512)
        moved = socket.socket(fileno=os.dup(one.fileno()))
        one.close()
        self.addCleanup(moved.close)
        return moved

    def handed_over(self, config, *sockets, **variables):
        gateway = HandedOver(self, config, sockets, **variables)
        self.addCleanup(lambda: gateway.process.poll() is None and gateway.close())
        return gateway

    def config_at(self, port):
        return self.config().replace("address: 127.0.0.1:0\n    tls", f"address: 127.0.0.1:{port}\n    tls")

    def test_a_restart_loses_no_request(self):
        listening = self.listening()
        config = self.config_at(listening.getsockname()[1])
        gateway = self.handed_over(config, listening)
        stop, troubles, served = threading.Event(), [], []

        def call():
            while not stop.is_set():
                try:
                    raw = gateway.raw(EVENT)
                    if not raw.startswith(b"HTTP/1.1 200 "):
                        troubles.append(raw)
                    served.append(1)
                except OSError as trouble:
                    troubles.append(trouble)

        callers = [threading.Thread(target=call) for _ in range(4)]
        for caller in callers:
            caller.start()
        current = gateway
        try:
            for _ in range(4):
                before = len(served)
                wait_for("requests are served", lambda: len(served) > before + 10)
                current.process.terminate()
                current = self.handed_over(config, listening)
        finally:
            stop.set()
            for caller in callers:
                caller.join()
        self.assertEqual(troubles, [], f"of {len(served)}")
        self.assertGreater(len(served), 40)

    def test_who_comes_while_nobody_serves_is_served_later(self):
        listening = self.listening()
        config = self.config_at(listening.getsockname()[1])
        gateway = self.handed_over(config, listening)
        gateway.close()
        with socket.create_connection(listening.getsockname(), harness.PATIENCE) as waiting:
            gateway = self.handed_over(config, listening)
            with gateway.context().wrap_socket(waiting, server_hostname="localhost") as connection:
                connection.sendall(EVENT)
                self.assertTrue(connection.recv(65536).startswith(b"HTTP/1.1 200 "))

    def test_a_unix_socket_handed_over_keeps_its_file(self):
        path = os.path.join(self.folder, "handed.sock")
        listening = socket.socket(socket.AF_UNIX)
        self.addCleanup(listening.close)
        listening.bind(path)
        listening.listen(16)
        config = self.config().replace("admin:", f"  - address: unix:{path}\nadmin:")
        gateway = self.handed_over(config, listening)
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(path)
            connection.sendall(EVENT)
            self.assertTrue(connection.recv(65536).startswith(b"HTTP/1.1 200 "))
        gateway.hang_up()
        wait_for("a reload keeps it", lambda: gateway.metric("penstock_config_generation") == 2)
        gateway.close()
        self.assertTrue(os.path.exists(path))

    def test_a_socket_that_nobody_asked_for_is_named(self):
        listening = self.listening()
        gateway = self.handed_over(self.config(), listening)
        port = listening.getsockname()[1]
        self.assertTrue(wait_for("it is named", lambda: gateway.said(f"a socket on 127.0.0.1:{port} was handed over, but no listener")))

    def test_sockets_for_another_process_are_not_taken(self):
        gateway = self.gateway(LISTEN_PID="1", LISTEN_FDS="1")
        self.assertEqual(gateway.post("/open/x").status, 200)

    def test_tells_the_service_manager_what_it_does(self):
        path = os.path.join(self.folder, "notify.sock")
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(notices.close)
        notices.bind(path)
        notices.settimeout(harness.PATIENCE)
        gateway = self.gateway(NOTIFY_SOCKET=path)
        self.assertIn(b"READY=1", notices.recv(1000))
        gateway.hang_up()
        reloading = notices.recv(1000)
        self.assertRegex(reloading, rb"^RELOADING=1\nMONOTONIC_USEC=\d+$")
        self.assertLess(abs(int(reloading.split(b"=")[-1]) / 1e6 - time.monotonic()), 60)
        self.assertIn(b"READY=1", notices.recv(1000))
        gateway.close()
        self.assertIn(b"STOPPING=1", notices.recv(1000))

    def test_the_mode_of_a_unix_socket_changes_by_a_reload(self):
        path = os.path.join(self.folder, "mode.sock")
        config = self.config().replace("admin:", f'  - {{ address: "unix:{path}", mode: "0600" }}\nadmin:')
        gateway = self.gateway(config)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        gateway.write(config.replace("0600", "0666"))
        gateway.hang_up()
        wait_for("the mode is another", lambda: os.stat(path).st_mode & 0o777 == 0o666)
        gateway.write(self.config())
        gateway.hang_up()
        wait_for("its file is gone with it", lambda: not os.path.exists(path))


if __name__ == "__main__":
    harness.main()
