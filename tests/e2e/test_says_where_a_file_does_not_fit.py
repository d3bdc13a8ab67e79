"""A file that can be read and does not fit is refused at the place of the configuration that names it."""
import os
import re
import subprocess

import harness
from harness import PENSTOCK, Setting


class SaysWhereAFileDoesNotFit(Setting):
    def test_check_and_run_name_line_and_column(self):
        with open(self.pki.path("no-keys.json"), "w", encoding="ascii") as file:
            file.write("{}\n")
        good = self.config()
        for before, after, key, words in (
                ("key: server.key", "key: client.key", "tls:", "'client.key' is not the key of 'server.pem'"),
                ("key: client.key", "key: server.key", "mtls:", "'server.key' is not the key of 'client.pem'"),
                ("jwks.json", "no-keys.json", "jwks:", 'no array "keys"')):
            text = good.replace(before, after)
            offset = text.index(key) + len(key) + 1
            place = f":{text.count(chr(10), 0, offset) + 1}:{offset - text.rindex(chr(10), 0, offset)}: "
            path = os.path.join(self.pki.folder, "unfit.yaml")
            with open(path, "w", encoding="ascii") as file:
                file.write(text.replace("AUDIT", self.pki.path("unfit.jsonl")))
            for command in ("check", "run"):
                with self.subTest(f"{command}: {words}"):
                    run = subprocess.run([PENSTOCK, command, "-c", path], capture_output=True, text=True, check=False,
                                         timeout=harness.PATIENCE)
                    self.assertEqual(run.returncode, 2, run.stderr)
                    said = run.stderr.replace(self.pki.folder + "/", "")
                    self.assertRegex(said, re.escape("unfit.yaml" + place) + ".*" + re.escape(words))


if __name__ == "__main__":
    harness.main()
