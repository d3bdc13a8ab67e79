"""Orders that differ: what the events beyond 1 KiB are made of, so that nobody gains by remembering what came before.

Their shape is that of bench/events/order.json. Each is drawn from its number, by nothing but random.Random.random(), whose
sequence Python promises to keep: the same events on every machine. Written by hand to read like a shop's; nobody is meant."""
import json
import random
import uuid

FIRST = ["Siobhan", "Aoife", "Zoë", "Jean-Luc", "Marta", "Piotr", "Ingrid", "Tomás", "Amina", "Yusuf", "Chiara", "Henrik", "Oksana", "Ravi",
         "Mei", "Kwame", "Lucía", "Björn", "Eilidh", "Noor", "Felix", "Greta", "Matthias", "Ana", "Dmitri", "Leila", "Owen", "Sanne"]
LAST = ["O'Brien", "Murphy", "Müller", "Kowalczyk", "Nowak", "D'Angelo", "Rossi", "García", "van den Berg", "Lindqvist", "Haddad", "Okafor",
        "Nguyen", "Sørensen", "MacLeod", "Dubois", "Ionescu", "Petrov", "Yılmaz", "Patel", "Schneider", "de Vries", "Kelly", "Horváth"]
HOSTS = ["example.com", "example.org", "example.net", "mail.example", "post.example", "shop.example"]
STREETS = ["Main Street", "Harbour Road", "Rue des Lilas", "Lindenallee", "Via Garibaldi", "Kerkstraat", "Calle Mayor", "Church Lane",
           "Ulica Długa", "Storgata", "Station Road", "Mill Hill", "Am Markt", "Quai de la Gare", "High Street", "Parkweg"]
PLACES = [("Galway", "H91 E2K8", "IE"), ("Cork", "T12 X70A", "IE"), ("Lyon", "69003", "FR"), ("Nantes", "44000", "FR"), ("Köln", "50667", "DE"),
          ("Leipzig", "04109", "DE"), ("Utrecht", "3511 LN", "NL"), ("Łódź", "90-001", "PL"), ("Gdańsk", "80-831", "PL"), ("Torino", "10121", "IT"),
          ("Bergen", "5003", "NO"), ("Malmö", "211 20", "SE"), ("Sevilla", "41001", "ES"), ("Porto", "4000-069", "PT"), ("Graz", "8010", "AT"),
          ("Aarhus", "8000", "DK"), ("Tampere", "33100", "FI"), ("Gent", "9000", "BE")]
GOODS = [("BK", "The Art of Gateways, 2nd edition", 39.9), ("BK", "Bread & Salt: a Baltic cookbook", 28.0), ("BK", "Tides of the Atlantic", 19.95),
         ("BK", "Knots, splices and ropework", 16.5), ("BK", "A short history of the bicycle (illustrated)", 34.0), ("BK", "Trees of Europe - pocket guide", 14.9),
         ("PN", "Fountain pen & ink (blue)", 24.5), ("PN", "Mechanical pencil 0.5 mm", 8.4), ("PN", "Brush pens, set of 12", 21.75),
         ("NB", "Notebook A5, dotted", 7.25), ("NB", "Notebook A4, ruled, 3 pcs.", 12.6), ("NB", "Wall calendar 2027", 15.0), ("KT", "Cast-iron pan, 26 cm", 49.0),
         ("KT", "Chef's knife, 8\"", 64.9), ("KT", "Tea towels (linen), pair", 18.3), ("KT", "Stoneware mug 0.3 l", 11.2), ("GD", "Tomato seeds 'Roma'", 3.2),
         ("GD", "Secateurs, bypass", 27.9), ("GD", "Watering can, 5 l", 22.0), ("LT", "LED lamp E27, 7 W / 806 lm", 5.6), ("LT", "Desk lamp, brass", 89.0),
         ("TX", "Wool blanket 130 x 180 cm", 74.5), ("TX", "Socks, merino, size 39-42", 13.9), ("TY", "Wooden train, 5 carriages", 32.4)]
NOTES = ["Please leave the parcel with the neighbours at number {n} - thanks!", "Ring twice, the bell is quiet.", "It's a present: no invoice in the box, please.",
         "Gate code is {n}{n}, then the second door on the left.", "Deliver after 17:30, or on Saturday; we are at work before.",
         "Same as last time (order {n} of October), but in green if you have it.", "Please pack the glass well: the last one was broken.",
         "If we aren't in, the bakery at number {n} takes parcels.", "Could you send the bill to my office? The address is in my account.",
         "No hurry - together with what's on back order is fine.", "For the library's reading room, 3rd floor; ask for Mrs Daly.",
         "Mind the dog: he's friendly, but loud.", "The lift is out of order until the {n}th, sorry!", "Many thanks & best wishes from all of us.",
         "Happy birthday, Grandma! We'll call on Sunday.", ""]
COUPONS = [None, None, None, "AUTUMN10", "WELCOME5", "THANKYOU"]


class Draw:
    """What a number draws."""

    def __init__(self, number):
        self.random = random.Random(number).random

    def upto(self, count):
        return int(self.random() * count)

    def of(self, some):
        return some[self.upto(len(some))]

    def between(self, low, high):
        return low + self.upto(high - low + 1)

    def note(self):
        return self.of(NOTES).format(n=self.between(2, 98))


def order(number):
    """The order of that number, as a dictionary."""
    draw = Draw(number)
    first, last, (city, postcode, country) = draw.of(FIRST), draw.of(LAST), draw.of(PLACES)
    items = [{"sku": f"{kind}-{draw.between(100, 9999)}", "title": title, "quantity": draw.between(1, 4), "price": round(price + draw.upto(9) / 10, 2)}
             for kind, title, price in (draw.of(GOODS) for _ in range(draw.between(1, 5)))]
    coupon = draw.of(COUPONS)
    total = sum(one["quantity"] * one["price"] for one in items) * (0.9 if coupon else 1)
    return {
        "specversion": "1.0", "id": f"A{draw.between(100, 999)}-{draw.between(1000, 9999)}-{draw.between(1000, 9999)}", "source": "/shop/orders",
        "type": "com.example.order.created",
        "time": f"2026-11-{draw.between(1, 28):02}T{draw.upto(24):02}:{draw.upto(60):02}:{draw.upto(60):02}Z", "datacontenttype": "application/json",
        "data": {
            "orderId": str(uuid.UUID(int=int(draw.random() * 2 ** 53) << 75 | int(draw.random() * 2 ** 53) << 22 | number, version=4)),
            "customer": {"name": f"{first} {last}", "email": f"{draw.of('abcdefghjkmnprstvw')}.{draw.between(10, 9999)}@{draw.of(HOSTS)}",
                         "address": {"street": f"{draw.between(1, 180)} {draw.of(STREETS)}", "city": city, "postcode": postcode, "country": country}},
            "items": items, "note": draw.note(), "total": round(total, 2), "currency": draw.of(["EUR", "EUR", "EUR", "SEK", "PLN"]), "coupon": coupon,
            "gift": draw.upto(5) == 0}}


def listed(size):
    """{"items":[order, ...],"note":"..."} of exactly `size` bytes: as many orders as fit, and a note that fills up the rest."""
    begin, end, orders, left = '{"items":[', '"}', [], size - len('{"items":[],"note":""}')
    while True:
        text = json.dumps(order(len(orders)), ensure_ascii=False, separators=(",", ":"))
        bytes_of = len(text.encode()) + (1 if orders else 0)
        if bytes_of > left:
            break
        orders.append(text)
        left -= bytes_of
    return begin + ",".join(orders) + '],"note":"' + prose(left) + end


def prose(length):
    """ASCII notes, one after the other, cut to `length` bytes."""
    draw, text = Draw(length), ""
    while len(text) < length:
        text += draw.note() + " "
    return text[:length]
