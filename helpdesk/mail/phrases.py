"""How mail programs say, in many languages, that something is quoted, signed or forwarded.

Tables, not grammar: another language is another line.
"""

# ruff: noqa: E501  (tables of phrases, one language a line, are read better unbroken)

import re
from functools import lru_cache
from typing import Final

SPACES: Final = "[ \\t\u00a0\u202f]"
# Marks of direction that programs put around names and dates.
MARKS: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")

# "On … wrote:": how the line begins, and the verb near its end.
OPENERS: Final = (
    "On|Le|Am|El|Il|Em|No dia|Op|Den|På|Dne|W dniu|Dnia|În data|La|Pada|Vào|Tarihinde|"
    "في|يوم|بتاريخ|ב-|В|Στις|Έγραψε|Ngày|Quoting|Citando|Citant|Zitat von|"
    "Sent from|Mensaje citado por|Selon|In a message dated"
)
VERBS: Final = (
    "wrote|writes|sent|said|a écrit|écrit|a écrit ce qui suit|schrieb|schrieben|geschrieben|escribió|"
    "escribio|ha scritto|scrisse|escreveu|schreef|geschreven|skrev|napisał|napisała|napisał\\(a\\)|pisze|napsal|napsal\\(a\\)|napisal|napísal|"
    "kirjoitti|yazdı|scris|a scris|написал|написала|написал\\(а\\)|написав|пише|пишет|έγραψε|"
    "كتب|كتبت|كتب/ت|كَتَب|כתב|כתבה|写道|寫道|書きました|のメール|작성|viết|menulis"
)
WROTE: Final = re.compile(
    rf"^[\s>*_\-\u2014]*(?:{OPENERS})(?=\W|\d).{{0,500}}?(?<!\w)(?:{VERBS})"
    rf"(?!\w)(?:{SPACES}*<?[^\s<>]{{1,100}}@[^\s<>]{{1,100}}>?)?{SPACES}*[:：]?[\s*_\-]*$",
    re.I | re.S,
)
# The writer behind the verb, as in Dutch and German: Op 13-02-2014 3:18 schreef Julius <…>
WROTE_WHO: Final = re.compile(
    rf"^[\s>*_\-]*(?:{OPENERS})(?=\W|\d).{{0,200}}?(?<!\w)(?:{VERBS})(?!\w).{{0,250}}[:：]{SPACES}*$",
    re.I | re.S,
)
# The writer first, and what only a quote or an address proves: Entraide schrieb am 3.3.24 um 10:22:
WHO_WROTE: Final = re.compile(
    rf"^[\s>*_]{{0,20}}(?=(?P<address>.{{0,200}}@)?)(?:.{{1,150}}?(?<!\w)(?:{VERBS})(?!\w)|كتب {{1,2}}\S)"
    r"(?P<when>.{0,80}\d.{0,40}\)?)?\s*[:：]\s*$",
    re.I,
)
QUOTING: Final = re.compile(
    r"^[\s>*_]{0,20}(?:Quoting|Citando|Citant|Zitat von|Citation de|Mensaje citado por|Quotando)\s.{1,200}[:：]\s*$",
    re.I,
)
# In any language: a date, a time, someone's address, a colon; or the date first, and no colon.
DATED_ADDRESS: Final = re.compile(
    r"^(?=.{0,400}\d{1,4}[./-]\d{1,2}|.{0,400}\b(?:19|20)\d\d(?:\b|年))(?=.{0,400}\d{1,2}[:.h]\d\d)"
    r".{0,400}<?[^\s<>]{1,100}@[^\s<>]{1,100}>?.{0,60}[:：]\s*$",
    re.S,
)
DATE_FIRST: Final = re.compile(
    r"^(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}\b.{0,200}<\s*[^\s<>]{1,100}@[^\s<>]{1,100}>[:：]?\s*$",
    re.S,
)
BEGINS: Final = re.compile(
    rf"^[\s>*_\-\u2014]{{0,60}}(?:\d|\w+,? \d|\w{{2,4}}\.?,? \d|(?:{OPENERS})(?=\W|\d))", re.I
)
# A date in figures, or a time: without one, "On … wrote:" is a sentence.
DATE: Final = re.compile(
    r"\b(?:19|20)\d\d\b|\d{1,2}[:.h]\d\d|\d{1,2}[/.-]\d{1,2}|[\u0660-\u0669]{2,4}|\d年"
)

ORIGINAL: Final = re.compile(
    r"^\s*(?:[-_*=]{2,}|\u2014{2,}|[-_]\s)\s*(?:Original[ -]?Message|Reply Message|Original Appointment|Message d.origine|"
    r"Message original|Message initial|E-?mail d.origine|Ursprüngliche (?:Nachricht|Mail|E-?Mail)|Urspr[^ ]{1,8} Nachricht|Originalnachricht|"
    r"Original-?Nachricht|Antwort Nachricht|Mensaje original|Mensaje de origen|Messaggio originale|Messaggio Originale|"
    r"Mensagem original|Oorspronkelijk bericht|Oprindelig meddelelse|Opprinnelig melding|"
    r"Opprinnelig melding|Ursprungligt meddelande|Originalmeddelande|Alkuperäinen viesti|Wiadomość oryginalna|"
    r"Oryginalna wiadomość|Původní zpráva|Исходное сообщение|Пересылаемое сообщение|Orijinal Mesaj|"
    r"الرسالة الأصلية|رسالة أصلية|הודעה מקורית|原始邮件|原始郵件|元のメッセージ|원본 메시지)\s*(?:[-_*=]{2,}|\u2014{2,})?\s*$|"
    # However a program calls it, between two rules; and as Orange's web mail says it.
    r"^\s*[-_*=]{2,}\s?(?:[\w'’-]{1,20} ){0,2}origina?\w{1,4}(?: [\w'’-]{1,20}){0,2}\s?[-_*=]{2,}\s*$|"
    r"^[\s>]{0,20}Message du \d{1,2}/\d{1,2}/\d{2,4}(?: à)? \d{1,2}[:h]\d\d\s*$",
    re.I,
)
FORWARD: Final = re.compile(
    r"^\s*(?:>\s*)?(?:[-_*=]{2,}\s*)?(?:Forwarded [Mm]essage|Forwarded by\b.{0,80}|Begin forwarded message|Fwd?|"
    r"Message transféré|Message transmis|Début du message (?:réexpédié|transféré|transmis)|Courriel transféré|"
    r"Weitergeleitete (?:Nachricht|Mail)|Anfang der weitergeleiteten (?:Nachricht|E-?Mail)|"
    r"Mensaje reenviado|Inicio del mensaje reenviado|Mensaje remitido|"
    r"Messaggio (?:inoltrato|Inoltrato)|Inizio messaggio inoltrato|"
    r"Mensagem encaminhada|Início da mensagem (?:encaminhada|reencaminhada)|"
    r"Doorgestuurd bericht|Begin doorgestuurd bericht|Videresendt (?:meddelelse|besked|melding)|"
    r"Vidarebefordrat (?:meddelande|mail)|Välitetty viesti|"
    r"Treść przekazanej wiadomości|Wiadomość przekazana|Przekazana wiadomość|Пересылаемое сообщение|"
    r"رسالة (?:محولة|محوّلة|معاد توجيهها|معاد إرسالها|مُعاد توجيهها)|بداية الرسالة (?:المحولة|المُعاد توجيهها)|"
    r"转发的?邮件|轉寄的?郵件|転送メッセージ)\s*[:：]?\s*(?:[-_*=]{2,})?\s*$"
)
FORWARD_SUBJECT: Final = re.compile(
    r"^\s*(?:\[[^\]]{1,40}\]\s*)?(?:Fwd?|TR|Tr|WG|RV|I|ENC|Enc|Doorst|VS|VB|Vs|PD|إعادة توجيه|转发|轉寄)\s*[:：]",
    re.I,
)

# The names of headers as Outlook and web mails quote them, by what they are.
HEADER_NAMES: Final = {
    "from": "From|De|Von|Da|Van|Fra|Från|Od|От|Кому от|Expéditeur|Absender|Remitente|Mittente|Remetente|Lähettäjä|Gönderen|Kimden|Feladó|"
    "من|المرسل|מאת|发件人|發件人|寄件者|差出人|보낸 사람|Afzender|Avsändare|Nadawca",
    "sent": "Sent|Date|Envoyé(?:e)?(?: le)?|Gesendet(?: am)?|Datum|Enviado(?: el| em)?|Fecha|Inviato|Data|"
    "Verzonden|Sendt|Skickat|Dato|Wysłano|Дата|Отправлено|Lähetetty|Päivämäärä|Tarih|Gönderildi|Dátum|Date d.envoi|"
    "تاريخ(?: الإرسال)?|التاريخ|أرسلت|أُرسلت|تم الإرسال|נשלח|发送时间|发送日期|日期|送信日時|日時|날짜|보낸 날짜",
    "to": "To|À|A|An|Para|Til|Till|Aan|Do|Кому|Destinataires?|Empfänger|Destinatario|Vastaanottaja|Kime|Címzett|"
    "إلى|الى|المستلم|المرسل إليه|אל|收件人|宛先|받는 사람",
    "cc": "Cc|Kopie|Copie(?: à)?|CC|Bcc|Cci|نسخة(?: إلى)?|抄送|副本|참조|Копия|Kopia|Kopi",
    "subject": "Subject|Objet|Sujet|Betreff|Asunto|Oggetto|Assunto|Onderwerp|Emne|Ämne|Temat|Тема|Aihe|Konu|Tárgy|"
    "الموضوع|موضوع|נושא|主题|主旨|件名|제목|Subject line",
    "other": "Reply-To|Répondre à|Antwort an|Importance|Wichtigkeit|Priority|Priorité|Attachments?|Pièces jointes|Organization",
}
HEADER: Final = re.compile(
    rf"^[\s>*_]*(?:{'|'.join(f'(?P<{kind}>{names})' for kind, names in HEADER_NAMES.items())})"
    rf"[*_]*{SPACES}*[:：][*_]*(?P<value>.*)$",
    re.I,
)
RULE: Final = re.compile(r"^\s*(?:_{5,}|-{5,}|={5,}|\*{5,}|\u2014{3,}|\u2500{3,})\s*$")

PHONES: Final = re.compile(
    r"^\s*(?:"
    r"Sent (?:from|via|by|with|using) (?:my |a |an |the )?[\w.'’+&\- ]{1,90}(?:\s*(?:<|\().{0,200})?|"
    r"(?:Get|Download) (?:Outlook|BlueMail|Yahoo Mail|TypeApp) (?:for|on) .{1,100}|"
    # Outlook's advertisement, whatever it is to be fetched with.
    r"(?:Obten\w{1,3}|Obtén|Télécharge\w{1,2}|Descarg\w{1,3}|Ottieni|Ottenere|Scarica\w{0,3}|Holen Sie sich|Hol dir|الحصول على|احصل على|تنزيل) "
    r"Outlook .{1,100}|Outlook für .{1,40} (?:beziehen|herunterladen|holen)|Yahoo Mail ?: .{1,60}|"
    r"Envoyé(?:e)? (?:de|depuis|à partir d[eu’']?|avec|par|via|d['’]).{1,100}|Télécharge[rz] (?:Outlook|l['’]application) .{1,100}|"
    r"Provenance : .{1,60}|"
    r"(?:Von meine[mr]? |Gesendet (?:von|mit|über|aus)).{1,100}|Von .{1,40} gesendet\.?|"
    r"Diese Nachricht wurde von .{1,80} gesendet\.?|(?:Hol dir |Outlook für ).{1,80}|"
    r"Enviado (?:desde|con|de|do|a partir de|através|via|pelo|por) .{1,100}|Obtener Outlook .{1,80}|Obter o Outlook .{1,80}|"
    r"Inviato (?:da|dal|dalla|con|tramite) .{1,100}|Scarica Outlook .{1,80}|Ottieni Outlook .{1,80}|"
    r"(?:تم الإرسال|أُرسلت?|ارسلت?|أرسلت?|مرسل|مُرسل|تم إرساله) (?:من|عبر|بواسطة).{1,100}|"
    r"(?:Verstuurd|Verzonden) (?:vanaf|met|via|van) .{1,100}|Outlook voor .{1,60} downloaden|"
    r"(?:Skickat|Sendt|Sänt|Hentet) (?:från|fra|med|via) .{1,100}|Lähetetty .{1,60}|"
    r"Wysłan[eoy] (?:z|za|przez) .{1,100}|Отправлено (?:с|из) .{1,100}|Odesláno z .{1,60}|"
    r".{1,30}(?:から送信|에서 보냄)|发自我的.{1,40}|從我的.{1,30}傳送"
    r")\s*$",
    re.I,
)
# What follows the phone's name, in a sentence of its own.
EXCUSE: Final = re.compile(
    r"\. (?:Please|Excuse|Pardon|Sorry|Veuillez|Merci|Désolé|Por favor|Disculp|Perdon|Mi scuso|Scus|Bitte|Entschuldig)"
    r"[^.]{0,80}\.?$",
    re.I,
)
NOT_A_PHONE: Final = re.compile(r"[,;?!]|\bmuch\b|\bis\b|\bwas\b|\bwill\b")
NAME_ALONE: Final = re.compile(
    r"^\s*[-\u2013\u2014~][^\W\d_][\w.'’]{0,29}(?: [\w.'’]{1,30}){0,2}\s*$"
)
DELIMITER: Final = re.compile(r"^(?:--|\u2014|\u2013\u2013|__)\s*$")


def unmarked(line: str) -> str:
    """Return a line without marks of direction."""
    return MARKS.sub("", line)


def is_forward_line(line: str) -> bool:
    """Whether what follows was forwarded, and is what the mail is about."""
    return len(line) < 200 and FORWARD.match(unmarked(line)) is not None


def may_be_wrote_line(line: str) -> bool:
    """Whether a line may begin what is_wrote_line() looks for."""
    return BEGINS.match(unmarked(line)) is not None


@lru_cache(maxsize=4096)
def header_kind(line: str) -> str:
    """Return which header a line quotes: from, sent, to, cc, subject, other; empty for none."""
    if len(line) > 2000 or not (":" in line[:40] or "：" in line[:40]):
        return ""
    found = HEADER.match(unmarked(line))
    if found is None:
        return ""
    return next(kind for kind in HEADER_NAMES if found[kind])


def is_wrote_line(line: str, *, first: str = "") -> bool:
    """Whether one or more joined lines say who wrote what follows, and when.

    first: the first of several; in a language we have no words of, the date must stand in it.
    """
    line = unmarked(line)
    if len(line) > 700 or not DATE.search(line):
        return False
    patterns = [WROTE, WROTE_WHO]
    if DATE.search(first or line):
        patterns += [DATED_ADDRESS, DATE_FIRST]
    return any(pattern.match(line) for pattern in patterns)


def is_named_line(line: str, *, is_quote_below: bool) -> bool:
    """Whether a line says who wrote what follows, without saying when, or after who it was.

    is_quote_below: lines behind ">" follow; else it takes an address and a date to believe it.
    """
    line = unmarked(line)
    if len(line) > 400 or not line.rstrip().endswith((":", "：")):
        return False
    if is_quote_below and QUOTING.match(line):
        return True
    found = WHO_WROTE.match(line)
    if found is None:
        return False
    if is_quote_below:
        return bool(found["address"] or (found["when"] and DATE.search(line)))
    return bool(found["address"] and found["when"] and DATE.search(line))


def is_phone_line(line: str) -> bool:
    """Whether a line is what a phone or a mail program signs with."""
    line = EXCUSE.sub("", unmarked(line).strip().strip("*_"))
    bare = re.sub(r"[<(].*|^Yahoo Mail ?:.*", "", line)
    return len(line) < 250 and PHONES.match(line) is not None and not NOT_A_PHONE.search(bare)
