"""The words in which a page says that the story is gone, in the languages of the news -> compiled patterns. Pure data.

A page speaks of itself to its reader: of this article, of the page that you asked for. A story about an article that
was withdrawn names whose article it was.
"""

from __future__ import annotations

from watcher.stories.phrases import any_of

_THING = r"(?:web ?)?(?:page|article|story|content|item|post|report|document|url|link|address|piece)"

# What a text says in its first sentences.
GONE = any_of(
    # English
    rf"\b{_THING}s? (?:that |which )?you(?:['’](?:re|ve)| are| were| have)? (?:\w+ ){{0,2}}?(?:look|search|request"
    rf"|try|after"
    r"|want|reach|click|follow|typed|seek|ask)",
    rf"\b(?:this|the requested|that) (?:\w+ )?{_THING}\b[^.!?]{{0,60}}\b(?:no longer (?:available|on|online|exist|here)"
    r"|(?:is|was|has been|have been) (?:\w+ )?(?:removed|deleted|withdrawn|taken (?:down|offline)|unpublished|retracted"
    r"|archived|expired)|unavailable|not available|expired)",
    rf"\brequested (?:{_THING}|resource)\b|\bno (?:results|articles|matches|stories) (?:were |was )?(?:found|match)",
    r"(?:decided|decision) to unpublish this|did not match any (?:articles|documents|stories)",
    r"\b(?:unable to|could not|cannot) (?:complete|process|handle) your request|trouble loading this",
    r"(?:not|un) ?authori[sz]ed to (?:access|view)|error establishing a|(?:scheduled|planned) maintenance and",
    r"update your bookmarks?|(?:our|this) (?:web ?)?site has (?:moved|a new address)",
    r"from a country belonging to the european|access (?:can ?not|can['’]t) be granted|your (?:country|region"
    r"|location) "
    r"(?:is|has) (?:not|been)",
    r"return to (?:the|our) (?:home ?page|front page)|(?:please )?(?:log|sign) in [^.!?]{0,60}\bto (?:read|view|see)",
    # German
    r"\b(?:dies(?:er|e|es)|von ihnen (?:gesuchte|gewünschte|aufgerufene|angeforderte)\w*|(?:gesuchte|gewünschte"
    r"|aufgerufene|angeforderte)[nrs]?) (?:artikel|beitrag|seite|inhalt|text|meldung|url|adresse|dokument)\b"
    r"[^.!?]{0,80}\b(?:nicht|gelöscht|entfernt|verschoben|genommen|zurückgezogen|abgelaufen|offline)\b",
    r"(?:seite|artikel|beitrag|inhalt)\b[^.!?]{0,60}\b(?:existiert|gibt es|wurde)\b[^.!?]{0,30}\b(?:nicht(?: mehr)?"
    r"|verschoben|gelöscht)\b[^.!?]{0,40}\b(?:leider|bitte|startseite)",
    r"(?:bitte )?melden sie sich [^.!?]{0,20}\ban, um [^.!?]{0,30}\bzu lesen|veuillez vous connecter pour lire",
    r"konnten wir (?:die|den|das|ihre) [^.!?]{0,60}\bnicht finden|(?:zurück )?zur startseite",
    # French
    r"\b(?:page|article|contenu|document|lien) (?:que vous |demandée?|auquel vous |recherchée?)",
    r"\b(?:cet article|cette page|ce contenu|ce document)\b[^.!?]{0,60}\b(?:plus|pas|retirée?|supprimée?|dépubliée?"
    r"|archivée?|indisponible|expirée?|déplacée?)\b|veuillez réessayer plus tard|retour(?:ner)? à la page d['’]accueil",
    # Spanish, Portuguese, Italian, Romanian
    r"\b(?:página|noticia|nota|artículo|contenido|notícia|matéria|artigo|conteúdo|texto) (?:al? )?(?:que|a la que"
    r"|solicitad[oa]"
    r"|al que|ao? qual) (?:está|busca|intenta|solicit|desea|você|procura|ha|tent)",
    r"\best[ea] (?:página|noticia|nota|artículo|contenido|notícia|matéria|artigo|conteúdo"
    r"|texto)\b[^.!?]{0,60}\b(?:ya no"
    r"|no está|no existe|não|retirad[oa]|eliminad[oa]|removid[oa]|excluíd[oa]|borrad[oa]|expir|apagad[oa])",
    r"vuelva a la (?:portada|página)|volte para a página inicial|torna alla (?:home|pagina)",
    r"\b(?:pagina|articolo|contenuto|notizia) (?:che (?:stai|hai|cerchi|state|avete|si)|richiest[oa]|cercat[oa])",
    r"\bquest(?:a |o |[’'])(?:pagina|articolo|contenuto|notizia)\b[^.!?]{0,60}\b(?:non|rimoss[oa]|eliminat[oa]"
    r"|spostat[oa]|ritirat[oa])\b",
    r"\b(?:pagina|articolul|conținutul|știrea) (?:pe care|căutat|solicitat)",
    # Dutch, Swedish, Danish, Norwegian, Finnish
    r"\b(?:pagina|artikel|bericht|inhoud) (?:dat|die|waar) (?:u|je|jij)\b|\b(?:dit|deze) (?:artikel|bericht|pagina)\b"
    r"[^.!?]{0,50}\b(?:niet|verwijderd|verplaatst|offline)\b",
    r"\b(?:sidan|artikeln|nyheten|innehållet|siden|artiklen|artikkelen|saken|innholdet|indholdet),? (?:som )?(?:du|ni"
    r"|vi|de) |\b(?:den|denna|denne) (?:sida|side|sidan|siden|artikel|artikeln|artikkelen|saken)\b[^.!?]{0,50}\b(?:inte"
    r"|ikke|finns inte|borttagen|slettet|fjernet|utgått)\b|vi (?:finner|finder|hittar|fant|fandt) (?:ikke|inte)"
    r" (?:siden"
    r"|sidan|artik)",
    r"\b(?:hakema|etsimä|pyytämä|haluama)\w* (?:sivua?|artikkeli\w*|juttua?)|\btätä (?:sivua|artikkelia|juttua) ei",
    # Polish, Czech, Slovak, Hungarian, Greek, Turkish
    r"\b(?:strona|strony|artykuł|artykułu|materiał),? (?:której|którego|którą|który) (?:szuka|próbuj|chce)|\b(?:ten|ta)"
    r" (?:artykuł|strona|materiał)\b[^.!?]{0,50}\b(?:nie|usunięt\w+|przeniesion\w+|wygas\w+)",
    r"\bhledan(?:ý|á|ou|é) (?:člán\w+|strán\w+)|\bhľadan(?:ý|á|ú) (?:člán\w+|strán\w+)|\b(?:tento|táto|tato) (?:článek"
    r"|článok|stránk\w)\b[^.!?]{0,50}\b(?:není|nie|neexist\w+|odstraněn\w*|smazán\w*)|požadovan\w+ strán\w+",
    r"\ba keresett (?:oldal|cikk|tartalom)|\bez a (?:cikk|oldal|tartalom)\b[^.!?]{0,40}\b(?:nem|törölt\w*"
    r"|eltávolít\w*)",
    r"\b(?:σελίδα|άρθρο|περιεχόμενο) που (?:αναζητ|ζητ|ψάχν|προσπαθ)|\bαυτ(?:ό το άρθρο|ή η σελίδα)\b[^.!;]{0,50}\bδεν",
    r"\baradığınız (?:haber|sayfa|içerik|makale)|\bbu (?:haber|sayfa|içerik)\w*\b[^.!?]{0,40}(?:kaldırıl|bulun[ma]"
    r"|silin)",
    # Russian, Ukrainian, Bulgarian
    r"\b(?:запрашиваем|запрошен|запитуван|търсен)\w* (?:вами |вас |от вас )?(?:страниц|материал|стат|сторінк|новост"
    r"|публикац)\w*",
    r"(?:страниц\w|материал|стат\w+|новость|сторінк\w|новин\w|публикаци\w),? (?:котор\w+|як[уиі]\w*|которой) вы?\b"
    r"|(?:страниц\w|сторінк\w)[^.!?]{0,20} ви (?:шука|запит)",
    r"\b(?:этот|данный|эта|данная|цей|ця) (?:материал|стать\w|страница|новость|текст|публикация|матеріал|стаття"
    r"|сторінка)\b"
    r"[^.!?]{0,40}\b(?:удал[её]н\w*|недоступ\w+|не (?:существу|найден|доступ)\w*|снят\w*|видален\w+)",
    # Arabic, Hebrew, Persian, Hindi
    r"(?:الصفحة|المقال|الخبر|المحتوى) المطلوبة?\b|(?:الصفحة|المقال|الخبر|المحتوى|الموضوع) (?:الذي|التي) (?:تبحث"
    r"|تحاول|طلبت|ترغب)|(?:هذا المقال|هذه الصفحة|هذا الخبر)"
    r".{0,30}(?:لم يعد|غير متاح|غير موجود|تم حذف)",
    r"(?:הכתבה|הדף|העמוד|התוכן) המבוקשת?\b|(?:הכתבה|הדף|העמוד|התוכן) ש(?:חיפש|ביקש)|(?:כתבה|דף|עמוד) ז(?:ו|ה"
    r"|את).{0,20}(?:אינ|הוסר|לא)",
    r"(?:صفحه|خبر|مطلب)(?: ?ا?ی)? که (?:به )?(?:دنبال|شما)|(?:صفحه|مطلب|خبر) (?:مورد نظر|درخواستی)",
    r"(?:जिस|आपके द्वारा).{0,20}(?:लेख|पृष्ठ|पेज|खबर).{0,20}(?:खोज|अनुरोध|ढूंढ)|(?:पृष्ठ|पेज|लेख|खबर) नहीं मिल",
    # Japanese, Chinese, Korean
    r"(?:お探しの|アクセスしようとした)(?:ページ|記事)|この(?:ページ|記事)[はの].{0,12}(?:公開されて|表示でき|終了)"
    r"|(?:ページ|記事).{0,12}(?:削除された|見つかりません|公開(?:を|期間が)終了|掲載(?:を|期間が)終了|存在しません)",
    r"[您你](?:要|所|想)?(?:查看|访问|訪問|瀏覽|浏览|請求|请求|查找|搜尋|找|查詢)的?(?:的)?(?:文章|页面|頁面|新闻"
    r"|新聞|内容|內容|网页|網頁)",
    r"(?:页面|頁面|文章|網頁|网页|稿件|新闻|新聞|内容|內容)(?:已经|已經|已|不)(?:被)?(?:删除|刪除|下架|存在|下线|撤回)",
    r"(?:요청하신|찾으시는|찾고 계신) (?:기사|페이지|콘텐츠|뉴스)|(?:삭제되었거나|삭제된|존재하지 않는) (?:기사"
    r"|페이지|뉴스)|(?:페이지|기사)를 찾을 수 없",
    # Indonesian and Malay, Vietnamese, Thai
    r"(?:halaman|berita|artikel|laman) yang (?:anda|kamu)|(?:halaman|berita|artikel) (?:ini )?(?:tidak|telah|sudah) "
    r"(?:ditemukan|tersedia|dihapus)",
    r"(?:bài viết|trang|nội dung) (?:mà )?(?:bạn|quý vị)|(?:bài viết|trang) này.{0,20}(?:không|đã bị)",
    r"ไม่พบ(?:หน้า|ข่าว|บทความ|เนื้อหา)|(?:หน้า|ข่าว|บทความ)ที่(?:คุณ|ท่าน)",
)

# A whole headline over a few words.
GONE_HEADLINE = any_of(
    rf"^\W*(?:sorry\W+)?(?:this |the |your )?(?:requested )?{_THING}s? (?:is |was |has been |could )?(?:currently"
    rf" )?(?:not"
    r" (?:be )?(?:available|found|accessible)|no longer available|unavailable|removed|withdrawn|unpublished|deleted"
    r"|retracted|expired|moved|has moved)\W*$",
    r"^\W*(?:[45]\d\d\W*)?(?:internal )?(?:server|database|application|fatal|technical) error\W*$"
    r"|^\W*(?:oops|whoops|oups|ops|hoppla|huch|oeps|hoppsan|ups)\b.{0,60}$|^\W*something (?:went|has gone) wrong",
    r"^\W*(?:unavailable|not available) (?:for legal reasons|in your \w+)|^\W*(?:we|our site) (?:have |has )?moved\W*$"
    r"|^\W*search(?: results)?\W*$|^\W*(?:suchergebnisse|résultats de (?:la )?recherche|resultados de (?:la )?búsqueda"
    r"|risultati (?:della )?ricerca|zoekresultaten|результаты поиска|検索結果|搜索结果)\W*$",
    r"^\W*(?:410 gone|anmelden|einloggen|connexion|iniciar sesión|accedi|entrar|inloggen|logga in|вход|войти)\W*$",
    r"^\W*(?:you must|please) (?:be )?(?:log|sign)(?:ged)? ?in\b",
    r"^\W*(?:(?:dies|die|der)\w* )?(?:artikel|beitrag|seite|inhalt|meldung) (?:wurde |ist )?(?:leider )?(?:nicht"
    r" (?:mehr )?"
    r"(?:verfügbar|gefunden|vorhanden)|gelöscht|entfernt|zurückgezogen|offline)\W*$",
    r"^\W*(?:(?:cet|ce|cette|l['’]) ?)?(?:article|contenu|page) (?:est |a été )?(?:retirée?|supprimée?|indisponible"
    r"|introuvable|inexistante|non trouvée?|dépubliée?)\W*$",
    r"^\W*(?:est[ea] )?(?:artículo|noticia|página|nota|contenido|notícia|artigo|matéria|conteúdo|articolo|pagina"
    r"|contenuto|notizia) (?:no |não |non )?(?:más |più |mais )?(?:retirad|eliminad|removid|rimoss|disponib|disponív"
    r"|encontrad|trovat|borrad|indispon|inexist)\w*\W*$",
    r"^\W*(?:artikel|artikeln|artiklen|pagina|sidan|siden|sivua|haber|sayfa) (?:is |er |har |ei )?(?:blitt |blevet )?"
    r"(?:niet (?:meer )?(?:gevonden|beschikbaar)|verwijderd|borttagen|finns inte|findes ikke|finnes ikke|fjernet"
    r"|slettet"
    r"|löydy|löytynyt|bulunamadı|kaldırıldı)\W*$",
    r"^\W*(?:материал|статья|страница|новость|сторінку|сторінка|матеріал) (?:был[аи]? )?(?:удал[её]н\w*|не (?:найден\w*"
    r"|существует|знайдено|існує)|снят\w*|недоступ\w*|видалено)\W*$",
    r"^\W*(?:الصفحة|المقال|الخبر) (?:غير|لم|تم)\b.{0,20}$|^\W*(?:הדף|העמוד|הכתבה) (?:לא|אינ).{0,16}$",
    r"^\W*η σελίδα δεν\b.{0,30}$|^\W*pagina nu\b.{0,30}$|^\W*không tìm thấy\b.{0,20}$",
)
