"""What is private is found, in five languages; what everyone writes is left alone."""

import html
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.redaction import find_names, find_private, find_secrets, replaced
from tests.costs import A_SECOND, multiple

PRIVATE = [  # text, what is found in it
    # Written as few write them
    ("Call 514 555 0123", [("phone", "514 555 0123")]),
    ("1-800-555-0199", [("phone", "1-800-555-0199")]),
    ("06 12345678", [("phone", "06 12345678")]),
    ("0470/12.34.56", [("phone", "0470/12.34.56")]),
    ("333 1234567", [("phone", "333 1234567")]),
    ("اتصل ٠٦١٢٣٤٥٦٧٨", [("phone", "٠٦١٢٣٤٥٦٧٨")]),
    ("fr76 3000 6000 0112 3456 7890 189", [("iban", "fr76 3000 6000 0112 3456 7890 189")]),
    ("voir президент.рф", [("domain", "президент.рф")]),
    ("xn--mgbh0fb.xn--kgbechtv", [("domain", "xn--mgbh0fb.xn--kgbechtv")]),
    ("asso-port.olympe.in", [("domain", "asso-port.olympe.in")]),
    ("amina.free.fr", [("domain", "amina.free.fr")]),
    ("hxxp://asso-port[.]fr", [("domain", "asso-port[.]fr")]),
    ("82.64[.]12[.]9", [("ip", "82.64[.]12[.]9")]),
    ("amina(a)asso.fr", [("mail", "amina(a)asso.fr")]),
    ("/var/www/asso-port/x.php", [("path", "/var/www/asso-port/x.php")]),
    ("/mnt/c/Users/Amina/x", [("path", "/mnt/c/Users/Amina/x")]),
    ("/var/mail/amina", [("path", "/var/mail/amina")]),
    ("mdp est bien Chat-Noir9", [("password", "Chat-Noir9")]),
    ("mot de passe (Azerty123!)", [("password", "Azerty123!")]),
    ("le mot de passe « Azerty123! »", [("password", "Azerty123!")]),
    ("mot de passe provisoire Azerty123!", [("password", "Azerty123!")]),
    ("J'ai mis Azerty123! comme mot de passe", [("password", "Azerty123!")]),
    ("Take Azerty123! as password", [("password", "Azerty123!")]),
    ("La mia password è Estate2024!", [("password", "Estate2024!")]),
    ("Das Passwort wäre Sommer2024!", [("password", "Sommer2024!")]),
    ("code PIN 4829", [("password", "4829")]),
    ("Passphrase: tulipe orange", [("password", "tulipe orange")]),
    ("<password>S3cr3tx9</password>", [("password", "S3cr3tx9")]),
    ("hvs.aB3dE5aB3dE5aB3dE5aB3dE5", [("key", "hvs.aB3dE5aB3dE5aB3dE5aB3dE5")]),
    # Mail addresses
    ("Write to marie.dupont@asso-velo.fr please.", [("mail", "marie.dupont@asso-velo.fr")]),
    ("<jean+forum@example.org>", [("mail", "jean+forum@example.org")]),
    (
        "josé@correo.example, zoë@müller.de",
        [("mail", "josé@correo.example"), ("mail", "zoë@müller.de")],
    ),
    ("Mail: a@b.co.", [("mail", "a@b.co")]),
    ("jean [at] asso-velo [dot] fr", [("mail", "jean [at] asso-velo [dot] fr")]),
    ("jean (arobase) asso-velo.fr", [("mail", "jean (arobase) asso-velo.fr")]),
    ("jean AT asso DOT fr", [("mail", "jean AT asso DOT fr")]),
    ("mailto:info@mein-verein.de?subject=x", [("mail", "info@mein-verein.de")]),
    # Phone numbers
    ("Tél. : 06 12 34 56 78", [("phone", "06 12 34 56 78")]),
    ("appelez le 01.23.45.67.80 demain", [("phone", "01.23.45.67.80")]),
    ("0612345678", [("phone", "0612345678")]),
    ("+33 6 12 34 56 78", [("phone", "+33 6 12 34 56 78")]),
    ("+33 (0)6 12 34 56 78,", [("phone", "+33 (0)6 12 34 56 78")]),
    ("0033612345678", [("phone", "0033612345678")]),
    ("+49 30 901820", [("phone", "+49 30 901820")]),
    ("Tel.: 030 / 901820", [("phone", "030 / 901820")]),
    ("Ruf an: 0171 2345678", [("phone", "0171 2345678")]),
    ("(030) 1234 5678", [("phone", "(030) 1234 5678")]),
    ("0151-23456789", [("phone", "0151-23456789")]),
    ("Llámame al 612 345 678", [("phone", "612 345 678")]),
    ("91 234 56 78", [("phone", "91 234 56 78")]),
    ("mi móvil: 612345678", [("phone", "612345678")]),
    ("call me at (555) 234-5678", [("phone", "(555) 234-5678")]),
    ("+1 415-555-2671", [("phone", "+1 415-555-2671")]),
    ("020 7946 0958", [("phone", "020 7946 0958")]),
    ("07700 900123", [("phone", "07700 900123")]),
    ("+442079460958", [("phone", "+442079460958")]),
    ("هاتف: 0661234567", [("phone", "0661234567")]),
    ("رقم الهاتف +212 661-234567", [("phone", "+212 661-234567")]),
    # IP addresses
    ("from 203.0.113.45:443", [("ip", "203.0.113.45")]),
    ("Mon IP est 82.64.12.9.", [("ip", "82.64.12.9")]),
    ("server 8.4.1.2", [("ip", "8.4.1.2")]),
    ("NAS at 192.168.1.20", [("ip", "192.168.1.20")]),
    ("10.0.0.5 does not answer", [("ip", "10.0.0.5")]),
    ("[2001:db8:85a3::8a2e:370:7334]", [("ip", "2001:db8:85a3::8a2e:370:7334")]),
    ("fe80::1ff:fe23:4567:890a", [("ip", "fe80::1ff:fe23:4567:890a")]),
    # Domains
    ("My site asso-velo.fr is down", [("domain", "asso-velo.fr")]),
    (
        "https://www.collectif-du-port.example/contact",
        [("domain", "www.collectif-du-port.example")],
    ),
    ("http://myclub.dev/admin", [("domain", "myclub.dev")]),
    ("mon-site.wordpress.com", [("domain", "mon-site.wordpress.com")]),
    ("jdupont.github.io", [("domain", "jdupont.github.io")]),
    ("velo.co.uk", [("domain", "velo.co.uk")]),
    ("ServerName mein-verein.de", [("domain", "mein-verein.de")]),
    ("موقعي asso-sahara.org لا يعمل", [("domain", "asso-sahara.org")]),
    # Paths
    ("in /home/jdupont/www/index.php on line 3", [("path", "/home/jdupont/www/index.php")]),
    (r"C:\Users\Jean\Desktop\site.zip", [("path", r"C:\Users\Jean\Desktop\site.zip")]),
    (r"C:\Users\Jean Dupont\site", [("path", r"C:\Users\Jean Dupont\site")]),
    ("/Users/marie/Sites/", [("path", "/Users/marie/Sites/")]),
    ("/homez.42/monasso/www", [("path", "/homez.42/monasso/www")]),
    # Keys and tokens
    ("AKIAIOSFODNN7EXAMPLE", [("key", "AKIAIOSFODNN7EXAMPLE")]),
    (
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        [("key", "ghp_16C7e42F292c6912E7710c838347Ae178B4a")],
    ),
    ("sk_live_4eC39HqLyjWDarjtT1zdp7dc", [("key", "sk_live_4eC39HqLyjWDarjtT1zdp7dc")]),
    ("xoxb-123456789012-abcdefghijkl", [("key", "xoxb-123456789012-abcdefghijkl")]),
    (
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
        [("key", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P")],
    ),
    ("key Xq3v9Kp2Lm8Rt5Wz7Yb4Nc6Hd1Jf0Gs", [("key", "Xq3v9Kp2Lm8Rt5Wz7Yb4Nc6Hd1Jf0Gs")]),
    (
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHhU3v4bIuF8Jm0VhYyZ3K9x2QwErTyUiOpAsDfGhJkL",
        [
            (
                "key",
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHhU3v4bIuF8Jm0VhYyZ3K9x2QwErTyUiOpAsDfGhJkL",
            )
        ],
    ),
    (
        "$2y$10$abcdefghijklmnopqrstuv1234567890ABCDEFGHIJKLMNOPQRSTU",
        [("key", "$2y$10$abcdefghijklmnopqrstuv1234567890ABCDEFGHIJKLMNOPQRSTU")],
    ),
    # Passwords, in five languages and in settings
    ("password is hunter2", [("password", "hunter2")]),
    ("My password for the FTP is: Blue!Sky9", [("password", "Blue!Sky9")]),
    ("Mot de passe : tournesol", [("password", "tournesol")]),
    ("mon mot de passe est Soleil2024!", [("password", "Soleil2024!")]),
    ("mdp: xK9$kk", [("password", "xK9$kk")]),
    ("Mot de passe FTP : « azerty12 »", [("password", "azerty12")]),
    ("Das Passwort lautet Geheim123", [("password", "Geheim123")]),
    ("Passwort: Sommer-2023", [("password", "Sommer-2023")]),
    ("Kennwort = fussball", [("password", "fussball")]),
    ("la contraseña es Girasol99", [("password", "Girasol99")]),
    ("Contraseña: girasol", [("password", "girasol")]),
    ("كلمة المرور: Najma2024", [("password", "Najma2024")]),
    ("كلمة السر هي Najma2024", [("password", "Najma2024")]),
    ("identifiants : jean / Soleil12", [("password", "Soleil12")]),
    ("define('DB_PASSWORD', 'tr0ub4dor');", [("password", "tr0ub4dor")]),
    ("define( 'AUTH_KEY', 'a b c;d|e f' );", [("password", "a b c;d|e f")]),
    ("DB_PASSWORD=tr0ub4dor", [("password", "tr0ub4dor")]),
    ("MYSQL_ROOT_PASSWORD: s3cret", [("password", "s3cret")]),
    ("'password' => 'geheim',", [("password", "geheim")]),
    ('{"api_key": "abc123def"}', [("password", "abc123def")]),
    ('$dbpass = "qwert7";', [("password", "qwert7")]),
    ("mysql -u jean -ptr0ub4dor site", [("password", "tr0ub4dor")]),
    ("curl -u jean:tr0ub4dor ftp://x", [("password", "tr0ub4dor")]),
    ("Authorization: Basic amVhbjp0cjB1YjRkb3I=", [("key", "amVhbjp0cjB1YjRkb3I=")]),
    ("IDENTIFIED BY 'tr0ub4dor'", [("password", "tr0ub4dor")]),
    ("mysqli_connect('localhost', 'jean', 'tr0ub4dor', 'db')", [("password", "tr0ub4dor")]),
    ("GET /?token=abc123def&x=1", [("password", "abc123def")]),
    # Accounts and cards
    ("IBAN FR14 2004 1010 0505 0001 3M02 606", [("iban", "FR14 2004 1010 0505 0001 3M02 606")]),
    ("DE89370400440532013000 BIC X", [("iban", "DE89370400440532013000")]),
    ("4242 4242 4242 4242", [("card", "4242 4242 4242 4242")]),
    ("4111111111111111", [("card", "4111111111111111")]),
]
ORDINARY = [
    "SIRET 732 829 320 00074",
    "commande 732 829 320",
    "mot de passe : oublié",
    "a password with 12 characters!",
    "mot de passe Windows11",
    "Your PIN is on the card",
    "https://www.monsite.fr/wp-admin",
    "smtp.free.fr, ssl0.ovh.net",
    "com.example.app",
    "/var/www/wordpress/wp-config.php",
    "regex [a-z](.)fr, foo(.)bar",
    "test_abcdefghijklmnopqrstuvwxyzabcdef",
    "PHP 8.4.1.2 and WordPress 6.4.3, version 2.4.1.10, v1.2.3.4, MariaDB 10.11.6.1",
    "Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0.0.0 Safari/537.36",
    "On 2024-11-27 10:30:00, or 27/11/2024 at 08:15, or 01.02.2024 12:30",
    "It costs 1 234,56 € or $1,234.56; 900 000 000 bytes; 612 345 678 octets",
    "port 8080, localhost:3306, 127.0.0.1, 0.0.0.0, 255.255.255.0, 8.8.8.8, ::1, ::",
    "Timestamp 1700000000, id 612345678, chmod 0644, 0755, #123456789",
    "index.php, style.css, wp-config.php, app.py, script.sh, README.md, archive.tar.gz, main.rs",
    "user.name, this.id, window.location.href, os.path.join, console.info(x), Array.from(y)",
    "Use https://www.php.net/manual, https://fr.wordpress.org, developer.mozilla.org, example.com",
    "git clone git@github.com:org/project.git, https://github.com/org/project",
    "ASP.NET, VB.NET, Node.js, socket.io, java.net.URL, System.Net, History.SE",
    "See /var/www/html/index.php, /etc/nginx/nginx.conf, /home/user/www, /usr/lib/php",
    "It lies in /home/user. Or in /home/user? In /home/user!",
    "C:\\Windows\\System32, C:\\Program Files\\Apache, C:\\Users\\Public",
    "I forgot my password. The password is wrong. Reset the password: it is required.",
    "Password: must contain at least 8 characters",
    "J'ai oublié mon mot de passe. Le mot de passe est incorrect : que faire ?",
    "Das Passwort ist falsch. Passwort vergessen?",
    "La contraseña es incorrecta. He olvidado la contraseña.",
    "نسيت كلمة المرور. كلمة المرور غير صحيحة",
    "$password = $_POST['password']; password = models.CharField(max_length=128)",
    "password: string; DB_PASSWORD=${DB_PASSWORD}; define('DB_PASSWORD', 'votre_mot_de_passe');",
    "password=os.environ['DB_PASS'], passwd: ******, PASSWORD=<your password>, token = get_token()",
    '<label for="password">Password:</label> <input type="password" name="password">',
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8, md5 d41d8cd98f00b204e9800998ecf8427e",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  archive.tar.gz",
    "550e8400-e29b-41d4-a716-446655440000",
    'integrity="sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC"',
    "getElementsByClassName, XMLHttpRequestEventTarget, WP_REST_Posts_Controller_Base2, "
    "mysqli_real_escape_string, my-long-slug-of-a-post-in-2024-part-2",
    "std::vector<int>, Foo::Bar, 10:20:30, aa:bb, a:hover::before",
    "@media (max-width: 600px), @param string $x, npm i vue@3.4.0, react@18.2.0",
    "Bug #12345, RFC 5321, ISO 8601, HTTP 404, 100 %, 3.14159, 2^31 = 2147483648",
    "4242 4242 4242 4241, FR14 2004 1010 0505 0001 3M02 607",
    "SELECT * FROM users WHERE id = 12345678; INSERT INTO t VALUES (1, 2, 3)",
    "0123456789, 1234567890, 00000000",
    "upload_max_filesize = 64M, memory_limit = 256M, max_execution_time = 300",
    "Der Server antwortet nicht, z.B. seit gestern, d.h. am Montag um 10.30 Uhr.",
    "El sitio no responde desde ayer, p.ej. a las 10.30. El servidor dice error 500.",
    "الموقع لا يعمل منذ الأمس. الخطأ 500 يظهر عند فتح index.php",
    "Le site ne répond plus depuis hier, p. ex. à 10 h 30. Erreur 500 dans index.php.",
    "use App\\Models\\User; namespace Foo\\Bar; \\n \\t",
    "font: 12px/1.5 sans-serif; color: #0a1b2c; margin: 0 auto;",
    "AddType application/x-httpd-php .php .html\nRewriteRule ^(.*)$ index.php?q=$1 [L,QSA]",
    "secret agents, the key is to wait, token ring, keyboard, my keys: up and down",
]


def found_in(text):
    return [(span.kind, text[span.start : span.end]) for span in find_private(text)]


@pytest.mark.parametrize(("text", "expected"), PRIVATE)
def test_private_facts_are_found(text, expected):
    assert found_in(text) == expected


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_is_left_alone(text):
    assert found_in(text) == []


def test_a_block_of_a_key_is_found_whole_and_cut_off():
    block = (
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n"
        + "MIIEpAIBAAKCAQEA3Tz2mr7SZiAMfQyuvBjM9Oi\n" * 5
        + "-----END RSA PRIVATE KEY-----"
    )

    assert found_in(f"Here:\n{block}\nThanks") == [("key", block)]
    assert found_in(block[:200])[0] == ("key", block[:200])


def test_an_address_with_a_password_is_found_with_its_site():
    found = found_in("ftp://jean:tr0ub4dor@asso-velo.fr/www")

    assert ("password", "jean:tr0ub4dor") in found or found[0][0] == "password"
    assert "tr0ub4dor" not in replaced_text("ftp://jean:tr0ub4dor@asso-velo.fr/www")
    assert "asso-velo" not in replaced_text("ftp://jean:tr0ub4dor@asso-velo.fr/www")


def replaced_text(text, names=()):
    spans = find_private(text, names)
    return replaced(text, spans, {span.kind: f"[{span.kind}]" for span in spans})


@pytest.mark.parametrize(
    ("text", "names", "found"),
    [
        ("Merci Aminata !", ["Aminata Diallo"], ["Aminata"]),
        ("merci aminata diallo", ["Aminata Diallo"], ["aminata diallo"]),
        ("M. DIALLO a écrit", ["Aminata Diallo"], ["DIALLO"]),
        ("Zoe and ZOÉ and Zoé", ["Zoé"], ["Zoe", "ZOÉ", "Zoé"]),
        ("Zoe\u0301 war da", ["Zoé"], ["Zoe\u0301"]),
        ("@nadia, ping", ["nadia"], ["nadia"]),
        ("شكرا فاطمة الزهراء", ["فاطمة الزهراء"], ["فاطمة الزهراء"]),
        ("Pierre says a pierre is a stone", ["Pierre Dupont"], ["Pierre"]),
        ("an admin panel", ["Ad"], []),
        ("nadialike", ["nadia"], []),
        ("Mark it as solved, mark!", ["Mark Twain"], ["Mark"]),
        ("anything", [], []),
        ("jean-luc et Jean-Luc", ["Jean-Luc Martin"], ["jean-luc", "Jean-Luc"]),
    ],
)
def test_names_of_the_thread_are_found(text, names, found):
    assert [text[span.start : span.end] for span in find_names(text, names)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("CVAminata", ["Aminata"]),
        ("cvaminatadiallo", ["aminatadiallo"]),
        ("DIALLOcontrat", ["DIALLO"]),
        ("ZOÉlette Zoélie", []),  # of three letters
        ("Elodiephoto", ["Elodie"]),
        ("CollectifDuPort support", ["CollectifDuPort"]),
        ("Marketing Pierrefitte", ["Pierre"]),
        ("marketing pierrefitte", []),
    ],
)
def test_names_run_together_are_found_in_names_of_files(text, found):
    names = ["Aminata Diallo", "Zoé", "Élodie", "Pierre Dupont"]
    spans = find_names(text, names, ["Collectif du Port", "port"], joined=True)

    assert [text[span.start : span.end] for span in spans] == found


def test_secrets_are_what_nobody_should_send():
    assert [span.kind for span in find_secrets("jean@asso.fr 06 12 34 56 78 asso-velo.fr")] == []
    assert [span.kind for span in find_secrets("mdp: xK9$kk, 4242 4242 4242 4242")] == [
        "password",
        "card",
    ]
    public = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHhU3v4bIuF8Jm0VhYyZ3K9x2QwErTyUiOpAsDfGhJkL"
    assert find_secrets(public) == []
    assert find_secrets("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----") == []


@given(st.text(alphabet=st.sampled_from("ab1.@:/ -+=_'\"\\\n~$0mdp é\u0301"), max_size=200))
def test_spans_are_sorted_apart_and_within(text):
    spans = find_private(text, ["ab", "mdp é"])

    ends = [0, *(span.end for span in spans)]
    assert all(span.start < span.end <= len(text) for span in spans)
    assert all(end <= span.start for end, span in zip(ends, spans, strict=False))


PIECES = [
    "a",
    "a[.]",
    "[.]",
    "a(a)",
    "<password>",
    "<password>a</",
    "Aa1! comme mot de passe ",
    "comme ",
    "code PIN 1",
    "passphrase: ",
    "fr76 3",
    "test_a",
    "sk-a",
    "1/",
    "a.",
    "a@",
    "a@a.",
    "1.",
    "12 ",
    "0",
    "06 ",
    "+1",
    "+1 ",
    "a:",
    "::",
    "1:",
    "a-",
    "a_",
    "/",
    "/home/a",
    "~",
    "~a",
    "\\",
    "C:\\Users\\a",
    "\\\\a\\",
    "'",
    '"',
    "password ",
    "password:",
    "password is ",
    "mot de passe ",
    "password a ",
    "pass",
    "pass_",
    "token",
    "key=",
    "-----BEGIN A",
    "-----BEGIN A-----",
    "-----BEGIN A-----\na",
    "eyJ",
    "eyJaaaaaaaaa.",
    "A1b2",
    "AKIA",
    "$2y$10$",
    "a://",
    "a://b:",
    "mysql ",
    "mysql -p",
    "new PDO(",
    "new PDO(a,'b',",
    "mysqli_connect(",
    "tel",
    "tel ",
    "tel 1",
    "DE89",
    "DE89 1",
    "4242 ",
    "4242",
    "a (at) ",
    "a at ",
    "a dot ",
    " ",
    "\n",
    "login: a / ",
    "xn--",
    "é",
    "́",
    "authorization: basic ",
    "-u a:",
    "sshpass ",
    "{",
    "ssh-rsa ",
    "ssh-rsa AAAA",
    "PuTTY-User-Key-File-2:\n",
    "a@a",
    "www.",
    "http://",
    "0x",
    "ab12",
    "a.b-",
    "identified by ",
]


@pytest.mark.parametrize("piece", PIECES)
def test_hostile_text_costs_less_than_a_second(piece):
    text = (piece * (100_000 // len(piece) + 1))[:100_000]

    assert multiple(find_private, text, ["Aminata Diallo", "aminata", "a a a a"]) < A_SECOND


CORPUS = Path(__file__).parents[3] / "shared/data/stackexchange-history-meta/Posts.xml"


@pytest.mark.skipif(not CORPUS.exists(), reason="the dump of Stack Exchange is not here")
def test_real_posts_hold_next_to_nothing_private():
    """Posts of people who speak of sites of everyone: an address to write to, names of sites."""
    kinds = []
    for number, (_event, row) in enumerate(ElementTree.iterparse(CORPUS)):  # as dumped
        if number % 5 == 0:  # a file of ours, and a fifth of it
            text = html.unescape(re.sub(r"<[^>]+>", " ", row.get("Body") or ""))
            kinds += [found for found in found_in(text) if found[0] != "domain"]

    assert set(kinds) <= {("mail", "team@stackoverflow.com")}
