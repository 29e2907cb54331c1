"""The words of furniture, walls and dead ends in the languages of the news -> compiled patterns. Pure data.

Each list holds alternatives, one phrase or family of phrases a line, as regular expressions over text in any case; a
space stands for any white space, and ` ?` for any or none.
"""

from __future__ import annotations

import re


def any_of(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(line.replace(" ?", r"\s*").replace(" ", r"\s+") for line in alternatives), re.IGNORECASE)


# Whole short lines that point elsewhere. The tail of each is bounded: these run on every line of hostile pages.
POINTER = any_of(
    r"(?:read|see|watch|listen|hear|view|click)\s*(?:(?:more|also|next|now|here|this|the full|full)\b|:).{0,120}",
    r"(?:also|more|must)[\s-]+(?:read|on this(?: story| topic)?|from|like this|stories|coverage|in"
    r"|to read)\b.{0,120}",
    r"(?:related|recommended|trending|most (?:read|popular|viewed|shared))"
    r"(?: (?:articles?|stories|story|content|topics?|news|links?|posts?|reading|coverage|videos?))?\s*(?::.{0,120})?",
    r"(?:you (?:may|might) also|recommended for you|editor'?s?['’]?s? picks?|don['’]?t miss|up next).{0,120}",
    r"(?:what to read next|in case you missed|skip (?:to|past|advertisement|newsletter)|jump to|back to top).{0,120}",
    r"(?:story continues|article continues|continue reading|scroll (?:down|to)).{0,100}",
    r"(?:advertise?ments?|sponsored(?: content)?|promoted|ad|anzeige|werbung|publicit[eé]|publicidad)\s*[:.]?",
    r"(?:pubblicit[aà]|реклама|advertentie|annons|reklama|reklame)\s*[:.]?",
    r"(?:share|tweet|save|print|e-?mail|comments?|pin it|copy (?:the )?link|follow)"
    r"(?: (?:this|on|the|via|to|article|story|now|us)\b.{0,60})?",
    r"(?:photo|image|picture|file photo|foto|bild|bildquelle|credit|photograph|source"
    r"|image source)\s*[:,/©(].{0,120}",
    r"(?:tags?|topics?|filed under|keywords|themen|mots-clés|temas|etiquetas|теги|темы|argomenti)\s*:.{0,140}",
    r"(?:video|audio|podcast|gallery|watch|listen|in pictures|photos|vidéo|vídeo|fotostrecke|bildergalerie|видео|фото)"
    r"\s*:.{0,120}",
    r"(?:image caption|caption|media caption|video caption|getty images|reuters/|afp via|ap photo)\s*[:,/©(].{0,120}",
    r"(?:lire aussi|à lire|voir aussi|sur le même sujet|lesen sie (?:auch|hier)|auch interessant)\b.{0,120}",
    r"mehr (?:zum thema|dazu|lesen)\b.{0,120}",
    r"(?:lea?|lee) (?:también|tambien|más)\b.{0,120}",
    r"(?:leia|veja) (?:também|mais|ainda)\b.{0,120}",
    r"(?:leggi anche|lees (?:ook|meer|verder)|läs (?:också|mer|även)|les også|læs også)\b.{0,120}",
    r"(?:czytaj (?:także|też|więcej)|zobacz także|přečtěte|olvassa|ayrıca okuyun)\b.{0,120}",
    r"(?:читайте (?:также|далее|ещ[её])|смотрите также|по теме)\b.{0,120}",
    r"(?:اقرأ أيضا|إقرأ أيضا|相关阅读|延伸閱讀|関連記事|あわせて読みたい).{0,120}",
)

# Whole short paragraphs that ask the reader for something.
PROMPT = any_of(
    r"(?:sign up|subscribe|register)\b.{0,40}\b(?:for|to|here|now|today|free|newsletters?|alerts?|updates)\b.{0,120}",
    r"(?:get|receive|have|want|join|enter)\b.{0,120}\b(?:inbox|newsletters?|e-?mail address)\b.{0,120}",
    r"[^.!?“”\"]{0,100}\b(?:in|into|to) your (?:e-?mail )?in ?box\b[^.!?“”\"]{0,40}",
    r"(?:sign up|subscribe)(?: (?:to|now|for|here|today)\b.{0,50})?",
    r"(?:download (?:the|our) app|follow (?:us|our|@)|join us on|you can unsubscribe).{0,60}",
    r"follow \w+(?: \w+){0,3} on (?:twitter|x|facebook|instagram|whatsapp|telegram|google|threads|bluesky)\b.{0,100}",
    r"(?:by (?:signing up|subscribing|submitting)|you(?:'|’)?re (?:now )?(?:signed up|subscribed)).{0,200}",
    r"(?:abonnieren sie|melden sie sich|inscrivez-vous|abonnez-vous|suscr[ií]bete|iscriviti|подпишитесь"
    r"|подписывайтесь)"
    r"\b.{0,160}",
)

# Lines after which nothing of the story comes, when they stand in its last part.
TAIL = any_of(
    r"(?:©|\(c\)|copyright\b).{0,200}",
    r".{0,80}\ball rights reserved\b.{0,120}",
    r"(?:tags?|topics?|filed under|categories|keywords|more on|themen|schlagworte|mots-clés)\s*(?::.{0,200})?",
    r"(?:temas|etiquetas|теги|темы|argomenti)\s*(?::.{0,200})?",
    r"(?:filed under|more on|more about) .{0,50}[^.!?]",
    r"(?:comments?|leave a (?:reply|comment)|join the (?:conversation|discussion))\s*(?:\(?\d*\)?)",
    r"(?:commentaires|kommentare|comentarios|commenti|комментарии)\s*(?:\(?\d*\)?)",
    r"this (?:story|article|report) (?:has been|was) "
    r"(?:published|auto-generated|generated|edited|syndicated|produced).{0,240}",
    r"\(?(?:except for the headline|with inputs? from|this story has not been edited).{0,240}",
    r"(?:got a (?:tip|story|question)|do you have a (?:story|tip)|have a news tip|send (?:us )?(?:tips"
    r"|a tip)).{0,240}",
    r"(?:contact (?:the (?:author|reporter|newsroom)|us)|email (?:the )?(?:author|us)).{0,240}",
    r"(?:to contact the (?:reporter|editor|author)).{0,240}",
    r"(?:newsletter|our standards|licensing rights|the thomson reuters trust principles).{0,160}",
)

# A page that says of itself that it is not there; "404" and "not found" alone stand in headlines of stories, too.
_NO_PAGE = (
    r"\b(?:page|article|story|content|file|document|url)\b.{0,40}\bnot (?:be )?found",
    r"\b(?:page|article|story|content)\b.{0,40}\b(?:does(?:n['’]t| not) exist|no longer (?:available|exists))",
    r"\b(?:page|article|story|content)\b.{0,40}\b(?:may|might) have (?:been )?(?:moved|removed|deleted|expired)",
    r"\b(?:seite|artikel)\b.{0,40}\bnicht (?:gefunden|verfügbar)",
    r"page introuvable|página no encontrada|pagina non trovata|página não encontrada|страница не найдена",
    r"pagina niet gevonden|sidan hittades inte|nie znaleziono|页面不存在|ページが見つかりません",
    r"we (?:can['’]t|couldn['’]t|could not) find (?:that|the|this)",
    r"(?:this|the) (?:article|page|story) (?:(?:has been|was) (?:removed|deleted|archived)|has expired)",
)
NO_PAGE = any_of(*_NO_PAGE)
NOT_FOUND = any_of(r"\b404\b", r"\bnot found\b", *_NO_PAGE)

# Pages of a few words that stand where a story was asked for and are none.
BARRIER_HEADLINE = any_of(
    r"^\W*(?:error\W*)?(?:[45]\d\d\W*)?(?:access denied|forbidden|unauthori[sz]ed|error|(?:log|sign) ?in|login)\W*$",
    r"^\W*(?:error\W*)?[45]\d\d\W*(?:error)?\W*$|^\W*(?:loading|please wait|redirecting|moved permanently)\b",
    r"^\W*(?:just a moment|attention required|pardon our interruption|security check|are you (?:a )?(?:human|robot))",
    r"^\W*(?:too many requests|service unavailable|bad gateway|internal server error|request (?:blocked|rejected))",
    r"^\W*(?:welcome to nginx|it works|index of /|under (?:construction|maintenance)|maintenance|coming soon)",
)
BARRIER = any_of(
    r"\bcaptcha\b|verify(?:ing)? (?:that )?you(?:['’]re| are) (?:a |not a )?(?:human|robot)|you are (?:not )?a robot",
    r"(?:checking|make sure) (?:if )?(?:your browser|you['’]re not)|unusual (?:traffic|activity) from your",
    r"(?:don['’]t|do not) have (?:permission|access) to (?:access|view|this)",
    r"access to this (?:page|site|resource) (?:is|has)",
    r"(?:not available|unavailable) in your (?:country|region|location)|enable (?:javascript|cookies)",
    r"not (?:automatically )?redirected|you are being redirected|document has moved|this domain (?:is"
    r"|may be) for sale",
    r"(?:enter|forgot(?:ten)?) your (?:e-?mail|password|user ?name)",
    r"site is (?:under|down for) (?:construction|maintenance)",
    r"(?:story|article|page|content) (?:is|are) (?:still )?loading|something went wrong|try again (?:later|in a few)",
)

CONSENT = any_of(
    r"\bcookies?\b|\bconsent\b|\bpersonal data\b|\bprivacy\b|\bGDPR\b|\bpartners?\b|\baccept\b",
    r"\bmanage (?:options|preferences|choices)\b",
    r"\bdatenschutz\w*|\beinwilligung\w*|\bpersonenbezogene\w*|\bzustimm\w+|\bpartnern?\b",
    r"\bdonn[ée]es personnelles\b|\bprivacidad\b|\bdatos personales\b|\bacept(?:ar|o)\b|\bпринять\b|\bперсональны\w*",
)
CONSENT_URL = any_of(
    r"(?:^|\.)consent\.|//consent|/consent(?:[/?]|$)|privacy-?gate|/gdpr|guce\.|/cmp/|cookiewall|zustimmung",
)
CONSENT_TITLE = any_of(
    r"before you continue|your (?:data|privacy|choices)|cookie|consent|datenschutz|zustimmung",
    r"privacy (?:settings|centre|center|preferences|notice)",
)

PAYWALL = any_of(
    r"(?:subscribe|sign in|log in|register|create (?:a free|an) account) (?:now )?(?:to|and) "
    r"(?:continue|keep|read|unlock|access|get (?:full|unlimited))",
    r"(?:this|the full|full) (?:article|story|content) is "
    r"(?:for|only|exclusive|reserved|available (?:only|exclusively)|restricted|locked)",
    r"already a (?:subscriber|member)|(?:for|to) (?:our )?subscribers only|subscriber[\s-]only",
    r"exclusively for (?:our )?(?:subscribers|members)|to (?:continue|keep) reading",
    r"continue reading (?:with|for|this)|you['’]?(?:ve| have) (?:reached|read) your",
    r"(?:free|remaining) articles? (?:left|this month|remaining)|start your (?:free )?(?:trial|subscription)",
    r"jetzt (?:abonnieren|weiterlesen)|mit .{0,30}(?:plus|\+) weiterlesen|nur für abonnenten",
    r"(?:article|contenu) réservé (?:aux|à nos) abonnés|il vous reste \d+",
    r"(?:contenido|artículo) (?:exclusivo|solo) para suscriptores|suscríbete para",
    r"(?:contenuto|articolo) riservato agli abbonati|conteúdo exclusivo para assinantes",
    r"материал доступен (?:только )?(?:по подписке|подписчикам)",
    r"alleen voor abonnees|endast för prenumeranter|tylko dla (?:prenumeratorów|subskrybentów)",
    r"la suite (?:est|de cet article est) réservée|solo (?:para|per) (?:suscriptores|gli abbonati)|yalnızca abonelere",
    r"記事は(?:有料)?会員限定|続きをお?読みいただ|続きを読むには|有料会員になると",
    r"(?:本文|全文|内容|內容).{0,8}(?:订阅|訂閱|会员|會員|付费|付費).{0,8}(?:专享|專享|可读|可讀|阅读|閱讀)",
    r"(?:订阅|訂閱|登录|登入|付费|付費)(?:后|後|以|即可).{0,6}(?:继续|繼續)?(?:阅读|閱讀)",
    r"구독(?:하고|하시면|후) .{0,12}(?:읽|이용)|로그인 ?(?:후|하고) .{0,8}(?:이용|읽)",
    r"(?:حصري|متاح|مخصص) (?:فقط )?(?:للمشتركين|لمشتركي)|اشترك .{0,10}لمتابعة القراءة",
)
NEEDS_SCRIPT = any_of(
    r"(?:enable|activate|turn on|requires?|need|without|aktivieren|activer|activar|включите)\b.{0,40}\bjavascript",
    r"javascript\b.{0,60}(?:enable|disabled|required|aktivieren|désactivé|отключен)",
)

LIVE_URL = any_of(r"/live(?:blog|-blog|-updates?|-news)?/|/liveblog|-live-updates?\b|/liveticker|/en-direct/")
# Words of four letters or more that stand in any text and tell nothing of its subject.
_COMMON = (
    "about after again against also among back been before being between both could does down during each even "
    "every from have here into just last like made make many more most much must near never news next only other "
    "over said says should since some still such take than that their them then there these they this those through "
    "under until upon very want well were what when where which while will with without would your aber alle auch "
    "dass dem doch eine einem einen einer eines haben hatte kann mehr nach nicht noch oder sein seine sich sind "
    "sowie über unter vom wenn werden wird wurde zwischen avec aussi dans depuis elle entre leur mais même nous "
    "pour plus sans sont sous tous tout vers votre como desde esta este hasta para pero porque sobre también tiene "
    "todos della delle degli dopo nella sono anche более были было быть после если есть когда который между него "
    "очень перед того только чтобы этого это"
)
COMMON_WORDS = frozenset(_COMMON.split())

# Headlines of pages that are about the site, or for its readers, as a whole.
SITE_PAGE = any_of(
    r"(?:about|contact|advertise|work|jobs?|careers)(?: (?:us|with us|the (?:site|team|newspaper|company)"
    r"|at .{1,40}))?",
    r"(?:privacy|cookies?|editorial|corrections?|refund|comments?|ethics)(?: (?:policy|notice|statement"
    r"|guidelines|settings))",
    r"terms(?: (?:of (?:use|service)|and conditions|& conditions))?|imprint|legal notice"
    r"|accessibility(?: statement)?|faqs?",
    r"our (?:team|staff|mission|journalists|standards)|who we are|newsletters?|subscribe|sign in|log ?in|register"
    r"|sitemap",
    r"impressum|datenschutz(?:erklärung)?|über uns|kontakt|agb|mediadaten|à propos(?: de nous)?|qui sommes-nous"
    r"|mentions légales",
    r"quiénes somos|contacto|aviso legal|política de privacidad|chi siamo|contatti|quem somos|sobre nós|over ons"
    r"|om oss|om os",
    r"о нас|о проекте|о редакции|контакты|политика конфиденциальности"
    r"|من نحن|اتصل بنا|会社概要|お問い合わせ|关于我们|联系我们|회사소개",
)

HOME_PATH = any_of(r"/*|/(?:home|index\.\w{2,5}|[a-z]{2}|[a-z]{2}-[a-z]{2})/?")
GALLERY_URL = any_of(
    r"/(?:gallery|galleries|photos?|in-pictures|pictures|slideshow|bilder|fotostrecke|diaporama|fotogaleria)/",
    r"/(?:video|videos|watch)/",
)
