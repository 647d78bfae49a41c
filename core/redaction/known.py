"""Names that everyone knows, which tell nothing of who wrote them, and endings of domains.

Kept short on purpose: what is missing here is taken for private, and a person decides. The list of
all endings (IANA's root zone) is no help: `.py`, `.sh`, `.rs`, `.md` and `.zip` are in it.
"""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Where packages are fetched from. In two parts: no file of ours names such a host (check_rules).
REGISTRIES: Final = frozenset(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "com"),
        ("npmjs", "org"),
        ("packagist", "org"),
        ("rubygems", "org"),
        ("crates", "io"),
        ("nuget", "org"),
        ("cpan", "org"),
    )
)
# With all names below them: fr.wordpress.org, developer.mozilla.org.
PUBLIC_DOMAINS: Final = REGISTRIES | _words("""
    example.com example.org example.net example.edu php.net wordpress.org mozilla.org w3.org
    ietf.org rfc-editor.org iana.org icann.org python.org djangoproject.com readthedocs.org
    nodejs.org jquery.com getbootstrap.com reactjs.org react.dev
    vuejs.org angular.io symfony.com laravel.com getcomposer.org drupal.org
    joomla.org spip.net prestashop.com moodle.org mediawiki.org nextcloud.com owncloud.org
    mysql.com mariadb.org mariadb.com postgresql.org sqlite.org redis.io mongodb.com apache.org
    nginx.org nginx.com debian.org ubuntu.com canonical.com fedoraproject.org redhat.com
    archlinux.org gentoo.org freebsd.org kernel.org gnu.org fsf.org opensource.org eff.org
    letsencrypt.org openssl.org openssh.com git-scm.com docker.com kubernetes.io ansible.com
    stackoverflow.com stackexchange.com serverfault.com superuser.com askubuntu.com
    mathoverflow.net wikipedia.org wikimedia.org wiktionary.org wikibooks.org archive.org
    creativecommons.org schema.org whatwg.org caniuse.com css-tricks.com smashingmagazine.com
    w3schools.com developer.mozilla.org google.com google.fr google.de google.es google.co.uk
    googleapis.com gstatic.com googletagmanager.com google-analytics.com
    youtube.com youtu.be gmail.com microsoft.com office.com outlook.com live.com hotmail.com
    windows.com azure.com bing.com yahoo.com apple.com icloud.com amazon.com
    cloudflare.com akamai.com fastly.com jsdelivr.net unpkg.com cdnjs.com bootstrapcdn.com
    paypal.com stripe.com facebook.com twitter.com x.com instagram.com linkedin.com reddit.com
    pinterest.com vimeo.com dailymotion.com spamhaus.org mxtoolbox.com ssllabs.com dnsviz.net
    gravatar.com akismet.com automattic.com woocommerce.com elementor.com yoast.com
    filezilla-project.org putty.org winscp.net thunderbird.net libreoffice.org videolan.org
    framasoft.org ovh.com gandi.net infomaniak.com ionos.com hetzner.com scaleway.com
    duckduckgo.com qwant.com
    protonmail.com proton.me laposte.net gmx.de gmx.net web.de
    t-online.de openstreetmap.org unicode.org json.org yaml.org toml.io oracle.com java.com
    java.net asp.net ado.net vb.net system.net paint.net rubyonrails.org
    ruby-lang.org perl.org golang.org go.dev rust-lang.org docs.rs
    phpmyadmin.net roundcube.net cpanel.net plesk.com matomo.org piwik.org bit.ly goo.gl t.co
    site.com mysite.com yoursite.com mydomain.com yourdomain.com domain.com domain.tld website.com
    monsite.fr monsite.com votresite.fr votresite.com mondomaine.fr mondomaine.com votredomaine.fr
    votredomaine.com domaine.fr domaine.com exemple.fr exemple.com esempio.it esempio.com
    beispiel.de meinedomain.de ihredomain.de ejemplo.com ejemplo.es midominio.com tudominio.com
""")
# Themselves alone: below them people have their own (someone.github.io is someone).
HOSTS_OF_PEOPLE: Final = _words("""
    github.com github.io gitlab.com gitlab.io bitbucket.org codeberg.org wordpress.com blogspot.com
    blogger.com tumblr.com medium.com wixsite.com wix.com weebly.com squarespace.com shopify.com
    myshopify.com netlify.app netlify.com vercel.app vercel.com herokuapp.com heroku.com pages.dev
    sourceforge.net livejournal.com canalblog.com over-blog.com jimdo.com substack.com notion.site
    ovh.net amazonaws.com googleusercontent.com azurewebsites.net cloudfront.net fly.dev web.app
    firebaseapp.com onrender.com free.fr orange.fr wanadoo.fr sfr.fr
""")
# With one of these before it, such a host is everyone's: smtp.free.fr.
SERVICES: Final = _words("""
    smtp imap pop pop3 mail webmail ftp ftpperso docs doc help aide support assistance api status
    blog dns ns mx ssl pro ex www account login manager portail subscribe adsl
""")
# A word with one of these behind a point is a domain wherever it stands.
SURE_ENDINGS: Final = _words("""
    com net org edu gov info biz eu fr de es it uk be ch at nl lu pt ca us au nz ie dk se fi cz sk
    hu ro bg gr pl tr ru ua jp cn kr tw hk sg th vn br mx ar cl co pe uy ve ec bo cr cu ma dz tn
    eg sa ae lb jo sy iq kw qa om ye ly sd sn ci ml cm mg ne bj bf tg ga cd cg mu za ke ng gh rw
    re gp mq gf nc pf asso bzh paris alsace corsica cat eus gal berlin hamburg koeln wien swiss
    рф укр бел срб бг ею рус сайт онлайн орг ком дети 中国 中國 香港 台湾 台灣 公司 网络 在线 みんな
    مصر السعودية امارات المغرب الجزائر تونس الاردن فلسطين سورية العراق قطر شبكة موقع
    ελ ευ भारत ไทย 한국 გე հայ
    in io ai me tv dev app page pro mobi link
    ngo ong coop museum travel online website shop store club blog tech xyz cloud agency
    studio photography restaurant solutions services digital community foundation school academy
    example onion
""")
# Of which files, parts of programs or of speech end so too: believed where more tells of a domain.
FILES_END_SO: Final = _words("""
    pl ps cc so sh py rs md mo am la in do as is id to me my no be at it co ne ga cd cat ml om re
    us mm ms se net info store shop blog club cloud online services solutions studio school
    community example tech digital in io ai me tv dev app page pro mobi link
""")
FILE_ENDINGS: Final = _words("""
    php html htm css js ts json xml txt log md py rb pl sh sql ini conf cfg env yml yaml png jpg
    jpeg gif svg webp pdf zip tar gz doc docx xls xlsx csv bak tmp lock toml exe dll bat cmd java
    class jar war asp aspx jsp tpl twig vue jsx tsx scss less map ico woff ttf eot mp3 mp4 avi mov
    htaccess htpasswd phtml inc phar po mo pot phps swp old orig dist sample local
""")
# Who may live in /home without being anybody.
NOBODY: Final = _words("""
    user users username user1 utilisateur usuario benutzer nobody public default www www-data web
    html httpd apache nginx ubuntu debian centos vagrant runner node git pi ec2-user docker root
    admin me you your yourname your_name youruser myuser moi vous name shared foo bar all
    lost+found app site example test tmp someone login monlogin votrelogin cgi-bin error icons
    htdocs public_html httpdocs vhosts clients sites cache log logs backup backups localhost
    wordpress wp drupal joomla spip prestashop magento moodle mediawiki nextcloud owncloud laravel
    symfony phpmyadmin roundcube rainloop wiki blog shop mysite myapp monsite mon-site my-site
""")
# Where everyone's questions go, and addresses of no machine.
PUBLIC_ADDRESSES: Final = _words("""
    8.8.8.8 8.8.4.4 1.1.1.1 1.0.0.1 9.9.9.9 149.112.112.112 208.67.222.222 208.67.220.220 1.2.3.4
    80.67.169.12 80.67.169.40 2001:4860:4860::8888 2001:4860:4860::8844 2606:4700:4700::1111
    2606:4700:4700::1001 2620:fe::fe
""")
# Written where a password would stand.
NO_PASSWORD: Final = _words("""
    password passwd pass pwd motdepasse mot_de_passe mdp passwort kennwort contraseña contrasena
    clave secret_here your_password yourpassword your-password password_here database_password_here
    your_db_password db_password votre_mot_de_passe votre-mot-de-passe votremotdepasse
    mot_de_passe_ici ihr_passwort ihr-passwort tu_contraseña su_contraseña my_password mypassword
    oublié oubliee oubliée oublie perdu perdue forgotten lost vergessen olvidado olvidada
    dimenticata non oui yes ja nein sí
    changeme change_me null none nil true false undefined string str bool int text varchar required
    optional hidden input field form login value var self this request env process user username
    email todo empty blank vide leer vacío redacted removed masked hash hashed encrypted reset
    invalid incorrect wrong expired protected generator manager policy strength confirmation
""")
# First names and surnames that are words too: believed with a capital alone.
WORDS_TOO: Final = _words("""
    pierre rose marine claire blanche aimé prudence marguerite olive violette constance félix jean
    france victoire désiré noël pascal laurier may june april august mark will grant page hope
    grace faith joy rich bill jack rob pat sue art dean guy frank grey green white black brown
    young king baker miller cook smith wood stone field hill rivers lane ernst kühn klein groß
    lang jung stein winter sommer koch richter fuchs wolf mercedes dolores pilar rosario consuelo
    soledad cruz rey flores iglesias moreno rubio blanco delgado leal paz martin server admin
    support web host agent helper member
""")
