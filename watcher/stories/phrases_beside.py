"""The words of what stands beside a story, in the languages of the news -> compiled patterns. Pure data."""

from __future__ import annotations

from watcher.stories.phrases import any_of

# What stands over an aside, as a whole line.
ASIDE_LABEL = any_of(
    r"(?:\d+ )?(?:comments?|repl(?:y|ies)|responses?|reader comments?|thoughts on .{0,60})"
    r"(?: ?\(?\d+\)?)?",
    r"(?:leave a (?:reply|comment)|join the (?:conversation|discussion)|add a comment|what do you think\??"
    r"|post a comment)",
    r"(?:related|similar|recommended|trending|popular|sponsored|promoted|featured)"
    r"|(?:related|similar|recommended|trending|popular|sponsored|promoted|featured|latest|recent|other|top|more|also)"
    r"(?: (?:articles?|stor(?:y|ies)|content|topics?|news|links?|posts?|reading|coverage|videos?|reads|headlines"
    r"|now|today|"
    r"by .{1,40}|from .{1,60}|in .{1,40}|on this.{0,20}|for you|to read|stories you .{1,20}|to this story))+",
    r"(?:most (?:read|popular|viewed|shared|commented|recent))(?: .{1,30})?|people are (?:also )?reading"
    r"|what to read next",
    r"(?:you (?:may|might) (?:also )?(?:like|be interested in)|we recommend|editor['’]?s['’]? picks?"
    r"|don['’]?t miss|read next)",
    r"(?:read|see) (?:more|also|next|on)|up next|keep reading|in case you missed it|from (?:the|our) (?:archives?"
    r"|shop|blog)",
    r"about (?:the )?(?:authors?|writers?|me|us)|(?:written|posted|published) by .{2,60}|author|meet the author",
    r"(?:sign up|subscribe)\b.{0,60}|newsletters?\b.{0,40}|(?:get|join) (?:our|the|your)\b.{0,20}(?:newsletter"
    r"|inbox|list).{0,30}",
    r"share(?: (?:this|on|via|the|with)\b.{0,30})?|follow us.{0,40}|tags?|labels?",
    r"(?:topics?|filed under|categories|advertisement|previous article|next article|blog archive"
    r"|sponsor(?:ed by .{1,40})?)",
    r"mehr zum thema|(?:das könnte (?:sie|dich) (?:auch )?interessieren|lesen sie (?:auch|mehr)"
    r"|auch interessant)(?: .{0,40})?",
    r"meistgelesen|meistgelesene artikel|meist gelesen|kommentare(?: ?\(?\d+\)?)?|schlagw[oö]rt(?:er|e)|themen",
    r"(?:über (?:den|die) autor(?:in)?|newsletter abonnieren|verwandte (?:artikel|themen)|weitere (?:artikel"
    r"|meldungen)"
    r"|mehr (?:aus|von|zu) .{1,40}|empfehlungen der redaktion)",
    r"sur le même (?:sujet|thème)|(?:à lire|lire|voir|lisez) (?:aussi|également)|les plus (?:lus|populaires)"
    r"|commentaires?"
    r"(?: ?\(?\d+\)?)?|à propos de l['’]auteur|mots[- ]clés|articles (?:liés|similaires|associés)"
    r"|dans la même rubrique",
    r"noticias relacionadas|(?:artículos|contenidos?) relacionad[oa]s?|(?:lea|lee) (?:también|más)|te puede interesar"
    r"|(?:lo )?más (?:leído|visto)s?|comentarios(?: ?\(?\d+\)?)?|sobre el autor|temas|etiquetas|más (?:sobre|de"
    r"|en) .{1,40}",
    r"(?:leia|veja) (?:também|mais)|mais lid[oa]s|notícias relacionadas|comentários(?: ?\(?\d+\)?)?|sobre o autor"
    r"|tópicos",
    r"leggi anche|(?:i )?più letti|articoli correlati|potrebbe interessarti|commenti(?: ?\(?\d+\)?)?|l['’]autore"
    r"|argomenti",
    r"lees (?:ook|meer|verder)|meest gelezen|gerelateerd(?:e .{1,20})?|reacties(?: ?\(?\d+\)?)?|over de auteur"
    r"|meer over .{1,40}",
    r"läs (?:också|mer|även)|mest läst(?:a)?|kommentarer(?: ?\(?\d+\)?)?|les også|mest lest(?:e)?|læs også"
    r"|mest læste|luetuimmat",
    r"czytaj (?:także|też|więcej)|zobacz (?:także|też)|najczęściej czytane|komentarze(?: ?\(?\d+\)?)?|polecane"
    r"|powiązane",
    r"(?:читайте|смотрите|см\.?) (?:также|далее|ещ[её])|по теме|самое (?:читаемое|популярное|обсуждаемое)"
    r"|популярное|материалы по теме"
    r"|комментари(?:и|ев|я)(?: ?\(?\d+\)?)?|теги|об авторе|другие новости|ещ[её] (?:по теме|новости)"
    r"|похожие .{1,20}|новости партн[её]ров",
    r"اقرأ (?:أيضا|أيضاً|المزيد)|إقرأ أيضا|مواضيع ذات صلة|ذات صلة|الأكثر (?:قراءة|مشاهدة|تداولا)|التعليقات"
    r"|تعليقات|عن الكاتب|الوسوم",
    r"関連(?:記事|ニュース|リンク|キーワード)|あわせて読みたい|(?:アクセス)?ランキング|人気記事|コメント(?:.{0,8})?|タグ|著者(?:について|紹介)|おすすめ(?:記事)?",
    r"相关(?:阅读|新闻|文章|推荐|报道)|延伸(?:阅读|閱讀)|相關(?:新聞|文章)|热门(?:文章|新闻)|熱門.{0,4}|评论|評論|标签|作者简介|推荐阅读|猜你喜欢",
    r"관련\s*(?:기사|뉴스)|많이\s*본\s*(?:뉴스|기사)|인기\s*(?:뉴스|기사)|댓글(?:.{0,8})?|태그|기자\s*소개|추천\s*(?:뉴스|기사)",
)

# A publisher's own voice in a paragraph: it asks, thanks, warns, points out, and tells nothing of the story.
APPEAL = any_of(
    r"(?:support|fund|sustain|back) (?:our|independent|quality|local|the guardian['’]s|this) "
    r"(?:\w+ ){0,2}(?:journalism|newsroom|work|reporting|site|coverage)",
    r"(?:consider|please) (?:\w+ )?(?:supporting|support|donating|donate|subscribing|subscribe|contribut|becoming a)",
    r"(?:if you can,? please|if you value what we do|make a (?:small )?(?:contribution|donation)|support us (?:on"
    r"|with|by|from))",
    r"(?:we rely on|thanks to) (?:our )?readers|(?:before you move on|hope you appreciated this)",
    r"(?:sign(?:ing)? up|subscrib\w+|regist\w+)\b.{0,60}\b(?:newsletter|inbox|e-?mail|you agree|terms)",
    r"\b(?:in|into|to) your (?:in ?box|e-?mail|mailbox)\b|you (?:can|may) unsubscribe|our (?:free )?(?:daily "
    r"|weekly )?newsletters?\b",
    r"(?:we|this (?:web)?site) uses? cookies|accept our (?:privacy|cookie)|our privacy (?:policy|notice)"
    r"|terms (?:of (?:use|service)|and conditions)",
    r"all rights reserved|without (?:the )?(?:prior )?(?:written )?(?:permission|consent)|may not be (?:published"
    r"|reproduced|republished)",
    r"(?:spotted|found|noticed|report|see) an? (?:error|mistake|typo|problem|inaccuracy)|write to (?:us"
    r"|corrections)|have (?:a|any) (?:tip|feedback|question)",
    r"\bctrl ?\+ ?enter\b|(?:browser|version) you are using is (?:not|no longer|out)|(?:upgrad|updat)\w+ (?:to"
    r"|your) (?:\w+ ){0,4}browser|your browser is (?:out|not|no longer)",
    r"(?:follow|join|like|find|connect with) us (?:on|at)\b|(?:wherever|anywhere) you (?:get|listen)|(?:our"
    r"|new) (?:\w+ )?podcast\b.{0,80}\b(?:listen|subscribe|episode)",
    r"choose (?:an? |your )?(?:available |new )?(?:user ?name|password)|(?:log|sign)(?:ged)?\s?in (?:with|using)"
    r" (?:it|your|facebook|google|apple|an? )|(?:email|send) you an? .{0,20}link\b"
    r"|link (?:has been|was) (?:sent|posted) to your",
    r"by (?:becoming a registered|registering|creating an account|logging in|continuing)\b.{0,40}\b(?:agree|accept)"
    r"|(?:no account yet|(?:don['’]t|already) have an account)\b|free for registered (?:readers|users)\b"
    r"|(?:sign|log) in (?:now )?to (?:share|comment|save)",
    r"you(?:['’]ve| have) (?:(?:contributed|registered|subscribed|signed up) successfully|successfully \w+ed\b)",
    r"contribut(?:ed|ing) to this (?:report|story|article|piece)\W*$|^contributing: .{0,200}$",
    r"download (?:the|our) (?:free )?(?:\w+ )?app\b|(?:logged|log|signed|sign) in to (?:post|comment|leave)"
    r"|your (?:e-?mail )?address will not be published",
    r"(?:moderated|community (?:guidelines|standards)|commenting (?:rules|policy))|required fields are marked",
    r"this (?:article|story|post) (?:was|has been) (?:first |originally )?(?:published|updated|amended|translated"
    r"|corrected|produced)",
    r"(?:unterstützen sie|unabhängiger journalismus)|(?:newsletter|postfach).{0,80}(?:abonnieren|anmelden"
    r"|kostenlos|abmelden)|kostenlos in ihrem postfach",
    r"wir (?:verwenden|nutzen|setzen) .{0,20}cookies|alle rechte vorbehalten|datenschutzerklärung|folgen sie uns"
    r"|nur mit genehmigung",
    r"dans votre (?:boîte|messagerie)|tous droits réservés|utilise des cookies|soutenez (?:notre|la|le)"
    r"|en vous abonnant|vous (?:pouvez )?(?:vous )?désins?cri",
    r"en (?:tu|su) (?:correo|bandeja|e-?mail)|todos los derechos reservados|utilizamos cookies"
    r"|apoya a? ?(?:nuestra|a nuestra)|darte de baja|síguenos en",
    r"no seu e-?mail|todos os direitos reservados|usamos cookies|apoie (?:a|o) (?:nossa|nosso)|siga[- ]nos"
    r"|você pode cancelar",
    r"nella tua casella|tutti i diritti (?:sono )?riservati|(?:usa|utilizza) (?:i )?cookie|sostieni (?:la|il"
    r"|il nostro)|puoi cancellarti|seguici su",
    r"все права защищены|файлы cookie|поддержите (?:нашу|наш|нас|редакцию)|отписаться можно|подпи(?:шитесь"
    r"|сывайтесь) на|только с разрешения|с разрешения редакции",
    r"جميع الحقوق محفوظة|ملفات تعريف الارتباط|إلغاء الاشتراك|بريدك الإلكتروني|تابعونا على",
    r"無断転載|クッキーを使用|登録はいつでも解除|メールでお届け|版权所有|未经授权|使用cookie|您的邮箱|取消订阅|무단\s*전재|쿠키를\s*사용|구독을\s*취소|메일로\s*보내",
    r"alle rechten voorbehouden|wij gebruiken cookies|vi använder (?:cookies|kakor)|wszelkie prawa zastrzeżone"
    r"|używamy plików cookie",
)

# The end of a text that is cut off, where the rest is behind a link.
CUT_OFF = any_of(
    r"(?:…|\.\.\.|\(\.\.\.\)|\[\.\.\.\])\W*(?:\b(?:(?:read |see )?more|continue(?: reading)?|keep reading"
    r"|read (?:on|full|the rest)|mehr|weiter(?:lesen)?|(?:lire )?(?:la )?suite|lire plus|leer más|sigue|ler mais"
    r"|continua|lees (?:meer|verder)|läs mer|czytaj|далее|читать)\b.{0,120})$",
)

# Who took the picture, at the end of its caption.
CREDIT = any_of(
    r"(?:photo(?:graph)?|picture|image|file photo|foto|bild|photos?|фото|写真|사진|图片来源|圖|صورة|الصورة)s?\s*"
    r"(?:by|credit|courtesy|von|de)?\s*[:=/：].{0,60}$",
    r"\((?:ap photo|ap|afp|reuters|getty images?|epa|dpa|ansa|efe)(?:/[^)]{0,60}|[^)]{0,40})?\)\s*$",
    r"(?:getty images|/ap|/reuters|/afp|via getty|shutterstock|crédito [\w ]{2,40}|crédit .{2,40}|(?:photo"
    r"|foto) (?:afp|ansa|efe|reuters|ap|dpa))\s*\)?$",
)
