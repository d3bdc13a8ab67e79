"""A token that names an unknown key causes a fetch, at most one in thirty seconds, and passes when the
key is in it. The test lasts as long as that pause."""
import itertools

import harness
from harness import Issuer, Setting, wait_for

PAUSE_S = 30  # between two fetches that tokens cause


class FetchesKeysForAnUnknownName(Setting):
    def test_a_rotation_is_noticed_by_the_first_new_token(self):
        rotated = Issuer(self.pki, "k2")
        current = {"keys": [self.issuer.jwk]}
        server = self.key_server(lambda: current)
        gateway = self.gateway(self.with_keys_from(server.port))
        self.assertEqual(server.asked, 1)
        self.assertEqual(gateway.post("/function/orders", token=self.issuer.token()).status, 200)

        current["keys"] = [rotated.jwk]
        names = itertools.count()

        def asked_again():
            """Each name is new, so that each would cause a fetch if the pause allowed it."""
            token = self.issuer.token(header={"kid": f"unknown-{next(names)}"})
            self.refused(gateway.post("/function/orders", token=token), 401, "token.invalid")
            return server.asked > 1

        wait_for("an unknown name causes a fetch", asked_again, PAUSE_S + harness.PATIENCE)
        self.assertEqual(server.asked, 2)
        self.assertEqual(gateway.post("/function/orders", token=rotated.token()).status, 200)
        self.refused(gateway.post("/function/orders", token=self.issuer.token()), 401, "token.invalid")
        self.assertEqual(server.asked, 2, "the withdrawn key causes none: the pause has begun anew")
        self.assertEqual(len(self.seen), 2)


if __name__ == "__main__":
    harness.main()
