"""Quotes and signatures: folded, never cut."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.mail import parse_mail
from helpdesk.mail.folding import fold

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "mail"
WHO = "Entraide <help@entraide.example>"

HEADS = {
    "en": f"On Sun, Mar 3, 2024 at 10:22 AM, {WHO} wrote:",
    "en wrapped": "On Sun, Mar 3, 2024 at 10:22 AM, Entraide <\nhelp@entraide.example> wrote:",
    "en wrapped more": "On Dec 16, 2023, at 12:47 PM, Entraide\n<help@entraide.example>\nwrote:",
    "en indented": '  On Mar 8, 2024 9:59 AM, "Entraide" <help@entraide.example> wrote:',
    "en dashes": "------On 12/29/2023 17:32 PM, Entraide wrote-----",
    "fr": f"Le dim. 3 mars 2024 à 10:22, {WHO} a écrit :",
    "fr wrapped": f"Le dim. 3 mars 2024 à 10:22, {WHO} a\nécrit :",
    "fr phone": f"Le 23 janv. 2024 à 22:03, {WHO} a écrit:",
    "de": "Am 03.03.24 um 10:22 schrieb Entraide:",
    "de gmail": "Am So., 3. März 2024 um 10:22 Uhr schrieb Entraide <\nhelp@entraide.example>:",
    "es": "El dom, 3 mar 2024 a las 10:22, Entraide (<help@entraide.example>) escribió:",
    "it": f"Il giorno dom 3 mar 2024 alle ore 10:22 {WHO} ha\nscritto:",
    "ar gmail": f"في الأحد، 3 مارس 2024 في 10:22 ص تمت كتابة ما يلي بواسطة {WHO}:",
    "ar": "في ٣ مارس ٢٠٢٤، كتب Entraide:",
    "pt": f"Em dom., 3 de mar. de 2024 às 10:22, {WHO} escreveu:",
    "nl": f"Op 13-02-2024 3:18 schreef {WHO}:",
    "nl phone": f"Op 17-feb.-2024, om 13:18 heeft {WHO} het volgende geschreven:",
    "pl": f"W dniu 28 stycznia 2024 01:53 użytkownik {WHO}\nnapisał:",
    "sv": "Den 14 september, 2024 02:23:18, Entraide (help@entraide.example) skrev:",
    "no": "På 14 september 2024 på 02:23:18, Entraide (help@entraide.example) skrev:",
    "ru": f"02.04.2024 14:20 пользователь {WHO} написал:",
    "ru mail": f"Вторник, 24 ноября 2026, 9:03 +03:00 от {WHO}:",
    "pl thunderbird": "W dniu 24.11.2026 o 09:03, Entraide pisze:",
    "cs": "Dne 24. 11. 26 v 9:03 Entraide napsal(a):",
    "ja": f"2026年11月24日(火) 9:03 {WHO}:",
    "aol": "In a message dated 11/24/2026 9:03:12 AM, help@entraide.example writes:",
    "name first": f"{WHO} wrote on 24.11.2026 09:03:",
    "name first fr": f"{WHO} a écrit le 24/11/2026 :",
    "name first de": f"{WHO} schrieb am Di., 24. Nov. 2026, 09:03:",
    "orange": "Message du 24/11/26 09:03",
    "zimbra fr": "----- Mail original -----",
    "fr canada": "-------- Courriel original --------",
    "qq": "------------------ Original ------------------",
    "any language": f"2024-10-17 11:28 GMT+03:00 {WHO}:",
    "no colon": f"2024/4/7 {WHO}",
    "outlook": "-----Original Message-----",
    "outlook fr": "-----Message d'origine-----",
    "outlook de": "-----Ursprüngliche Nachricht-----",
    "outlook es": "-----Mensaje original-----",
    "outlook it": "-----Messaggio originale-----",
    "outlook ar": "-----الرسالة الأصلية-----",
    "proton": f"------- Original Message -------\nOn Sunday, March 3rd, 2024, {WHO} wrote:",
}
BLOCKS = {
    "en": "From: {who}\nSent: Sunday, March 3, 2024 10:22 AM\nTo: me@x.example\nSubject: Re: site",
    "fr": "De : {who}\nEnvoyé : dimanche 3 mars 2024 10:22\nÀ : me@x.example\nObjet : Re: site",
    "de": "Von: {who}\nGesendet: Sonntag, 3. März 2024 10:22\nAn: me@x.example\nBetreff: Seite",
    "es": "De: {who}\nEnviado el: domingo, 3 de marzo de 2024\nPara: me@x.example\nAsunto: sitio",
    "it": "Da: {who}\nInviato: domenica 3 marzo 2024 10:22\nA: me@x.example\nOggetto: sito",
    "ar": "من: {who}\nتم الإرسال: الأحد 3 مارس 2024\nإلى: me@x.example\nالموضوع: موقع",
    "da": "Fra: {who}\nSendt: 3. marts 2024 12:10\nTil: me@x.example\nEmne: site",
    "sv": "Från: {who}\nSkickat: den 3 mars 2024 14:45\nTill: me@x.example\nÄmne: RE: site",
    "bold": "*From:* {who} [mailto:\n help@x.example]\n*Sent:* Sunday\n*To:* me\n*Subject:* x",
    "date first": "Date: Sun, 3 Mar 2024 00:15:02 -0600\nFrom: {who}\nTo: me@x.example\nSubject: x",
    "ar names": "المرسل: {who}\nالتاريخ: 24 نوفمبر 2026\nالمستلم: me@x.example\nالموضوع: موقع",
    "orange": "Message du 24/11/26 09:03\nDe : {who}\nA : me@x.example\nCopie à :\nObjet : x",
    "underscores": "________________________\nFrom: {who}\nSent: Sunday\nTo: me\nSubject: x",
    "blank between": "From: {who}\n\nSent: Sunday, March 3, 2024\n\nTo: me\n\nSubject: x",
}
# These could begin a story as well: what proves them is the `>` below.
VAGUE = {
    "horde": "Quoting Entraide <help@entraide.example>:",
    "horde de": "Zitat von Entraide <help@entraide.example>:",
    "no date fr": f"{WHO} a écrit :",
    "no date es": f"{WHO} escribió:",
    "no address de": "Entraide schrieb am 24.11.2026 um 09:03:",
    "no address ar": "كتب Entraide في 24/11/2026 09:03:",
    "dashes above": "---\nEntraide wrote on 24.11.2026 09:03:",
}
STORIES = [
    "Voici ce que le serveur a écrit :",
    "Der Server schrieb am 24.11.2026 um 09:03:",
    "The log wrote on 24/11/2026 at 09:03:",
    "Quoting the manual:",
]
PHONES = [
    "Sent from my iPhone",
    "Sent from my Verizon Wireless BlackBerry",
    "Sent from Yahoo Mail on Android",
    "Sent with Proton Mail secure email.",
    "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "Envoyé de mon iPhone",
    "Envoyé depuis mon Samsung Galaxy",
    "Télécharger Outlook pour Android",
    "Obtenez Outlook pour iOS<https://aka.ms/o0ukef>",
    "Holen Sie sich Outlook für iOS",
    "Descargar Outlook para iOS",
    "احصل على Outlook for Android",
    "Yahoo Mail : Recherchez, organisez, maîtrisez",
    "Sent from my Android device with K-9 Mail. Please excuse my brevity.",
    "Enviado desde mi dispositivo Android con K-9 Mail. Por favor, disculpa mi brevedad.",
    "Von meinem iPhone gesendet",
    "Enviado desde mi iPhone",
    "Inviato da iPhone",
    "تم الإرسال من الـ iPhone",
    "أُرسلت من الـ iPhone",
    "Verstuurd vanaf mijn iPhone",
    "Enviado do meu iPhone",
]


def squeezed(text):
    return re.sub(r"\s+", "", text)


def holds_all(text, visible, folded):
    return sorted(squeezed(text)) == sorted(squeezed(visible + folded))


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
@pytest.mark.parametrize(
    "quote", ["> Hello\n>\n> Try it.", "Hello\n\nTry it."], ids=["marked", "bare"]
)
def test_what_was_answered_is_folded(head, quote):
    if head.startswith("2024/4/7") and not quote.startswith(">"):
        pytest.skip("without a colon it could be a line of a list")
    text = f"It works.\nThank you!\n\n{head}\n\n{quote}\n"

    visible, folded = fold(text)

    assert visible == "It works.\nThank you!"
    assert "Try it." in folded
    assert holds_all(text, visible, folded)


@pytest.mark.parametrize("head", VAGUE.values(), ids=VAGUE)
def test_who_wrote_it_is_folded_with_the_quote_that_proves_it(head):
    text = f"It works.\n\n{head}\n\n> Hello\n> Try it.\n"

    visible, folded = fold(text)

    assert visible == "It works."
    assert holds_all(text, visible, folded)


@pytest.mark.parametrize("story", STORIES)
def test_what_is_told_stays_visible(story):
    text = f"Hello,\n\n{story}\n\nError 500, disk full.\n\nWhat now?"

    assert fold(text) == (text, "")


def test_outlook_on_the_web_quotes_all_below_its_headers():
    page = (
        '<div>It works.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">'
        "<b>Von:</b> Entraide<br><b>Gesendet:</b> Dienstag<br><b>Betreff:</b> x</div>"
        "<div>Try it.</div>"
    )
    head = "From: a@x.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"

    found = parse_mail(f"{head}{page}".encode())

    assert found.visible_text == "It works."
    assert found.folded_text.endswith("Try it.")


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_blocks_of_headers_begin_what_is_quoted(block):
    text = f"It works.\n\n{block.format(who=WHO)}\n\nHello\nTry it."

    visible, folded = fold(text)

    assert visible == "It works."
    assert holds_all(text, visible, folded)


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_what_was_forwarded_stays_visible(block):
    text = f"What is this?\n\n{block.format(who=WHO)}\n\nYou won!"

    visible, folded = fold(text, is_forward=True)

    assert "You won!" in visible
    assert folded == ""


@pytest.mark.parametrize(
    "mark",
    [
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
        "-------- Message transféré --------",
        "Début du message transféré :",
        "-------- Weitergeleitete Nachricht --------",
        "---------- Mensaje reenviado ---------",
        "-------- Messaggio Inoltrato --------",
        "---------- رسالة محولة ---------",
    ],
)
def test_marks_of_forwarding_keep_what_follows_visible(mark):
    text = f"FYI\n\n{mark}\n{BLOCKS['en'].format(who=WHO)}\n\nYou won!\n> really"

    assert squeezed(fold(text)[0]) == squeezed(text)


@pytest.mark.parametrize("line", PHONES)
def test_phones_signatures_are_folded(line):
    assert fold(f"It works.\n\n{line}\n") == ("It works.", line)
    above_quote = f"It works.\n\n{line}\n\n{HEADS['fr']}\n\n> Bonjour"
    assert fold(above_quote)[0] == "It works."


@pytest.mark.parametrize(
    "text",
    [
        "Sent from my desk, is much easier than my phone.\nOr not?",
        "Hello,\n> is this a quote?\nyes I think",
        "Visit us\n>>> >>>  http://www.domain.example <<<\nby the link above",
        "Salut\nLe 3 mars à 10:22 c'était cassé, le 4 mars c'est réparé :\n- page A\n- page B",
        "On 3 May 2024 I changed the DNS.\nSince then mail said:\n\n550 no such user",
        "On your remote host you can run:\n\n     telnet 127.0.0.1 52698\n\nIt fails.",
        "And here is a fix -- this is no signature.\n\nBye",
        "Two:\n- Here is a point\n- And another one",
    ],
)
def test_what_only_looks_like_a_quote_stays(text):
    assert fold(text)[1] == ""


def test_answers_between_quotes_stay_with_what_they_answer():
    text = f"{HEADS['en']}\n\n> First?\n\nYes.\n\n> Second?\n\nNo.\n\n> Regards\n\n-- \nAminata"

    visible, folded = fold(text)

    assert visible.endswith("> First?\n\nYes.\n\n> Second?\n\nNo.")
    assert folded == "> Regards\n\n-- \nAminata"


def test_answer_below_the_quote_stands_alone():
    assert fold(f"{HEADS['en']}\n> Hello\nIt works.")[0] == "It works."
    assert fold("> Hello\n> Try it.\n\nIt works.")[0] == "It works."


def test_answer_and_head_on_one_line_are_told_apart():
    text = "It works. On Wed, Apr 4, 2024 at 3:59 PM, help@entraide.example wrote:\n> Hi"

    assert fold(text)[0] == "It works."


def test_signature_above_the_quote_and_lists_footer_are_folded():
    text = (
        f"It works.\n\n-- \nAminata\n+221\n\n{HEADS['fr']}\n> Bonjour\n\n______\nlist@x.example\n"
    )

    assert fold(text)[0] == "It works."


def test_nothing_but_a_quote_stays_visible():
    assert fold(f"{HEADS['en']}\n> Hello") == (f"{HEADS['en']}\n> Hello", "")


LINES = st.sampled_from(
    [
        "",
        "Hello",
        "> quoted",
        ">> more",
        *HEADS.values(),
        BLOCKS["fr"],
        PHONES[0],
        "-- ",
        "____________",
        "text:",
    ]
)


@given(st.lists(LINES | st.text(max_size=30), max_size=30), st.booleans())
def test_nothing_is_ever_cut(lines, is_forward):
    text = "\n".join(lines)

    assert holds_all(text, *fold(text, is_forward=is_forward))


def html(page):
    head = b"From: a@x.example\nSubject: x\nContent-Type: text/html; charset=utf-8\n\n"
    return parse_mail(head + page.encode())


def test_web_mails_quotes_are_folded_in_any_language():
    for name in ("gmail_quote", "yahoo_quoted", "protonmail_quote"):
        mail = html(
            f"<div dir=ltr>Ça marche.<br>Merci</div><div class={name}>Akwụkwọ ozi:"
            "<blockquote><p>Bonjour</p></blockquote></div>"
        )
        assert mail.visible_text == "Ça marche.\nMerci", name
        assert "Bonjour" in mail.folded_text
    mail = html(
        "<p>FYI</p><div class=gmail_quote>---------- Forwarded message ---------<p>Won!</div>"
    )
    assert "Won!" in mail.visible_text


def test_page_becomes_text_with_links_lists_and_no_scripts():
    mail = html(
        "<html><head><title>t</title><style>p{}</style></head><body><h1>Site</h1><ul><li>one<li>two"
        "</ul><p>See <a href='https://x.example/a'>here</a>, <a href='https://x.example'>x.example</a>"
        "<script>evil()</script><img src='cid:pic1'></p><pre>a\n  b</pre></body></html>"
    )

    assert mail.text == (
        "Site\n\n- one\n- two\n\nSee here <https://x.example/a>, x.example[cid:pic1]\n\na\n  b"
    )


EXPECTED_VISIBLE = {
    "correct_sig": ("correct -- signature", "rick"),
    "email_1_1": ("clear a Riak bucket", "riak-users"),
    "email_1_2": ("You can list the keys", "mailman/listinfo"),
    "email_1_3": ("Having the function", "Russell Brown"),
    "email_1_4": ("Awesome!", "Loader"),
    "email_1_5": ("fourth bullet point", "\x00"),
    "email_1_6": ("I get proper rendering", "caching related"),
    "email_1_7": (":+1:", "Steps 0-2"),
    "email_1_8": ("and under this.", "-- Tim"),
    "email_2_1": ("Outlook with a reply", "Google Apps Sync"),
    "email_2_2": ("directly above line", "CRM Comments"),
    "email_2_3": ("unusual format", "You have a new message"),
    "email_BlackBerry": ("another email", "BlackBerry"),
    "email_bullets": ("and another", "Joe Smith"),
    "email_gmail": ("inbox replying", "Steven Scott"),
    "email_headers_no_delimiter": ("another reply!", "second line"),
    "email_iPhone": ("another email", "iPhone"),
    "email_multi_word_sent_from_my_mobile_device": ("another email", "Verizon"),
    "email_one_is_not_on": ("when I run...", "Dave Tapley"),
    "email_partial_quote_header": ("the tunnel is not working", "George Plymale"),
    "email_sent_from_my_not_signature": ("Sent from my desk", "\x00"),
    "email_sig_delimiter_in_middle_of_line": ("kthxbai", "\x00"),
    "greedy_on": ("the tunnel is not working", "George Plymale"),
    "pathological": ("get back to a computer", "John Sullivan"),
}


@pytest.mark.parametrize("name", EXPECTED_VISIBLE)
def test_replies_of_many_programs(name):
    path = SAMPLES / "replies-plain" / f"{name}.txt"
    if not path.exists():
        pytest.skip("The samples of replies are not on this machine.")
    mail = parse_mail(b"Content-Type: text/plain; charset=utf-8\n\n" + path.read_bytes())
    shown, hidden = EXPECTED_VISIBLE[name]

    assert shown in mail.visible_text
    assert hidden not in mail.visible_text
    assert holds_all(mail.text, mail.visible_text, mail.folded_text)


def test_whole_replies_say_hello():
    paths = sorted((SAMPLES / "replies-eml").glob("*.eml"))
    if not paths:
        pytest.skip("The samples of whole replies are not on this machine.")

    assert {path.stem: parse_mail(path.read_bytes()).visible_text for path in paths} == {
        path.stem: "Hello" for path in paths
    }
