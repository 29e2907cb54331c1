"""Words in, what they do beside a name out: titles, roles, verbs of speech, nouns of organisations and of things."""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Written with a capital before a name, and no part of it
TITLES = _words("""
Actor Actress Adm Admiral Agent Ambassador Archbishop Attorney Attorney-General Ayatollah Baron Baroness Bishop
Brigadier CEO CFO COO CTO Capt Captain Cardinal Chair Chairman Chairwoman Chancellor Chief Co-Founder Co-founder Coach
Col Colonel Commander Commissioner Comptroller Congressman Congresswoman Constable Corporal Councillor Count Countess
DCI Dame Deputy Detective Director Doctor Dr Envoy Ex Ex-President Former Founder Gen General Gov Governor Imam
Inspector Judge Justice Lady Leader Lieutenant Lord Lt Maj Major Manager Marshal Mayor Minister Miss Mr Mrs Ms Officer
Pastor Premier President President-elect Prime Prof Professor Prosecutor Rabbi Rep Representative Rev Reverend
Secretary Secretary-General Sen Senator Senators Sergeant Sgt Sheikh Sheriff Sir Speaker Spokesman Spokesperson
Spokeswoman Sultan Superintendent Supt Taoiseach Then-President Tsar Vice Vice-President Whip Депутат Министр
Президент Премьер-министр Сенатор
""")
# With one word after them these are the name: Pope Francis, King Charles
CROWNED = _words("Emperor King Pope Prince Princess Queen Patriarch Duke Duchess")

# Written small before a name, and said of persons
ROLES = _words("""
activist actor actress adviser advisor aide ambassador analyst anchor architect artist astronaut attorney author
banker billionaire biologist blogger boss boyfriend broadcaster brother campaigner candidate captain chairman
chairwoman chancellor chef chief coach colleague columnist comedian commander commentator commissioner composer
conductor congressman congresswoman councillor counterpart critic daughter defector defender democrat dictator
diplomat director dissident doctor economist editor engineer entrepreneur envoy executive expert father filmmaker
forward founder friend general girlfriend goalkeeper governor historian host husband influencer investor journalist
judge king lawmaker lawyer leader leader's legislator man manager mathematician mayor mediator mep midfielder
millionaire minister mogul mother mp mps musician negotiator nominee novelist official oligarch opponent owner painter
philosopher photographer physician physicist pianist pilot player poet politician pop predecessor premier presenter
president producer professor propagandist prosecutor psychologist publisher queen rapper reporter representative
republican researcher resident rival scholar scientist secretary senator shareholder sheriff singer sister skipper
soldier son songwriter speaker spokesman spokesperson spokeswoman star strategist striker strongman successor suspect
teacher technologist trader tycoon victim vlogger whistleblower widow wife winger winner woman writer youtuber актёр
депутат журналист министр писатель политик президент режиссёр сенатор спикер
avocat avocate cheffe coprésident députée député directeur directrice économiste écrivain écrivaine maire ministre
patron porte-parole président présidente procureur sénateur sénatrice
abogado abogada alcalde alcaldesa candidato candidata diputado diputada economista escritor escritora fiscal juez líder
ministra ministro portavoz presidenta presidente secretaria secretario senador senadora vicepresidenta vicepresidente
""")
# Written small after an organisation's name: Kremlin spokesman, Tesla shares
BELONGINGS = _words("""
CEO CFO adviser boss chairman chairwoman chief co-founder employee employees engineer engineers executive executives
fighters founder group headquarters insider insiders lawmakers lawyer lawyers leader leaders members militants
minister officer official officials owner party press rebels reporter researcher researchers shareholder shareholders
shares source sources spokesman spokesperson spokeswoman staff stock subsidiary supporters unit workers
""")
# Written small before an organisation's name: news agency TASS, carmaker Tesla
KINDS = _words("""
agency airline alliance automaker bank bloc brand broadcaster brokerage carmaker cartel chain channel charity
chipmaker club company conglomerate contractor developer drugmaker exchange faction firm fund gang giant group insurer
insurgents lab lender magazine maker manufacturer militants militia movement network newspaper nonprofit operator
organisation organization outfit outlet party platform publisher rebels regulator retailer rival site start-up startup
studio supplier tank think-tank union watchdog website агентство компания
agence banque compagnie groupe journal parti quotidien société syndicat
agencia aerolínea banco compañía diario empresa grupo partido periódico sindicato
""")
SPEECH = _words("""
accused accuses acknowledged added adds admitted agreed announced appealed argued argues asked asks asserted believes
born called calls claimed claims commented conceded concluded condemned confirmed continued countered criticised
criticises criticized criticizes declared declined defended defends demanded denied described describes died dismissed
explained explains expressed fled grinned has hinted insisted insists joked lamented laughed laughs limped maintained
married mentioned nodded noted objected offered ordered pleaded pledged posted praised promised promises proposed
quipped recalls rejected rejects remarked replied replies reported reportedly resigned responded responds retired
revealed said says scored shrugged signed smiled smiles speaks spoke starred stated stressed suggested suggests tells
testified thanked thinks threatened told tweeted urged vowed vows wants warned warns welcomed wept who whose writes
wrote заявил заявила сказал сказала
afirmó anunció aseguró celebró confirmó dijo explicó pidió rechazó señaló advirtió
betonte erklärte forderte kritisierte sagte warnte äußerte
""")

# The last word of an organisation's name
ORG_NOUNS = _words("""
Academy Administration Advisers Advisors Agency Air Airlines Airways Albion Associates Alliance Army Assembly
Association Athletic Authority Bakery Bank Bloc Board Brewery Brigade Broadcasting Brotherhood Brothers Bureau Cabinet
Capital Caucus Center Centre Chamber Choir Chronicle Church Club Coalition College Command Commission Committee
Commons Company Confederation Congress Consortium Corp Corporation Corps Council Court Directorate Dynamics
Enterprises Exchange FC Federation Fighters Force Forces Foreign Foundation Front Fund Gazette Government Group Guard
Guards Herald Holdings Hospital Inc Industries Inquirer Institute Institution Intelligence International
Investigations Journal LLC LLP Lab Laboratories Laboratory Labs League Legion Limited Lords Ltd Mail Management
Markets Media Militia Ministry Mission Monitor Motors Movement Museum Navy Network News Observatory Observer Office
Oil Orchestra Organisation Organization Parliament Partners Party Pharmaceuticals Philharmonic Police Post Press
Quartet Rangers Regiment Register Representatives Reserve Reserves Resistance Review Rover Rovers School Secretariat
Senate Service Services Society Solutions Sons Sport Staff Studios Subcommittee Supermarkets Systems Task-force Team
Technologies Telegraph Times Tribunal Tribune Trust Union United University Ventures Wanderers Watch Workers Works
""")
# Organisations of one country alone, by their own words
OWN_ORGS = _words("""
Bundesbank Bundesrat Bundestag Bundeswehr Cortes Diet Duma Fidesz Folketing Guardia Hamas Hezbollah Knesset Komsomol
Kremlin Likud Majlis Oblast Politburo Rada Riksdag Sejm Storting Verkhovna Дума Думы Рада
""")
# After which "of" or "for" goes on with the name: Bank of England, Ministry of Health and Social Care
OPEN_ORGS = _words("""
Academy Army Assembly Association Bank Board Bureau Center Centre Chamber Church College Commission Committee
Confederation Council Court Department Federation Foundation Front Fund House Institute Institution League Ministry
Movement Museum Office Organisation Organization Party School Secretariat Society Union University
""")
# A part of a larger body: State Duma Committee on International Affairs
UNITS = _words("Commission Committee Department Directorate Office Panel Subcommittee Team Unit")
# With which the name of an organisation may end; White House and Opera House are none
ORG_ENDS = ORG_NOUNS | OWN_ORGS | UNITS | (OPEN_ORGS - {"House"})
# Names of things that are neither persons nor organisations
THING_NOUNS = _words("""
Accord Accords Act Agenda Agreement Airport Alley Amendment Anniversary Architecture Article Avenue Award Awards Base
Bay Beach Bill Book Border Boulevard Bowl Bridge Building Bypass Canal Castle Cathedral Championship Championships
Channel Charter City Clause Coast Code Collider Conference Constitution Convention County Crescent Crisis Cup Day Deal
Declaration Desert Directive District Doctrine Drive East Election Elections Embassy Empire Era Experience Expo Fair
Fall Falls Farm Festival Final Finals Fleet Forest Formula Forum Front Games Garden Gardens Gate Grand Gulf Hall
Harbor Harbour Heights Highway Hill Hills Holocaust Hotel Hour House Index Initiative Island Islands Isles Lake Lane
Law Line Mall Market Massacre Memorandum Memorial Mews Missile Monday Monument Mosque Mount Mountain Mountains North
Oblast Ocean Olympics Open Opera Order Palace Park Peninsula Pier Pipeline Plan Plant Plateau Plaza Pole Port Prison
Prize Program Programme Project Protocol Province Quarter Railway Range Reef Region Republic Resolution Revolution
River Road Roadmap Row Sea Season Series South Spring Square Stadium State States Station Storm Strait Straits Street
Summit Sunday Telescope Terrace Territory Theater Theatre Tower Towers Town Treaty Trophy Tunnel Valley Village War
Wars Waters Way Week West Winter Zone
""")
# Words of organisations that many countries have: nothing in Supreme Court says whose it is
PLAIN_ORG_WORDS = _words("""
Acting Affairs Agriculture Air Appeals Armed Attorney Border Budget Business Cabinet Central Citizens Civil Coast
Commerce Communist Conservative Constitutional Criminal Culture Customs Defence Defense Democrat Democratic
Development Domestic Economic Economy Education Election Electoral Emergencies Emergency Energy Environment Executive
Exteriors Federal Finance Fire First Foreign General Green Health High Higher Home Homeland Human Immigration
Independent Industry Intelligence Interim Interior Internal Investigative Joint Judicial Justice Labor Labour Land
Liberal Local Lower Majority Means Military Minister's Minority National Nations New Opposition Oversight Patriotic
People People's Peoples Police Popular Presidential Press Prime Progressive Prosecutor Prosecutor's Prosecutors Public
Regional Republican Revenue Rights Royal Rules Security Select Senior Social Socialist Space Special State Supreme Tax
Trade Transport Treasury Upper Veterans Ways Women Workers Workers' Youth and for of on the
""")
# All-capitals words that name no organisation
NO_ORGS = _words("""
AD ADHD AFP AGM AI AIDS AM AMA AP ASAP ATM BC BST CCTV CEO CET CFO COO COP COVID COVID-19 CTO CV DC DCI DCS DIY DM DNA
EDT EST ETA ETF EV EVs FAQ FYI GDP GMT GP GPS GPU GPs HIV HMS HR HTML ICBM ID II III IMO IPO IQ IRA IT IV IX JPEG KC
LED LGBT LGBTQ LLC LLP LMAO LNG LOL LTD MBA MEP MEPs MP MPs MRI MVP NGO NGOs OBE OK OMG PDF PDT PM PMQs PR PST PTSD QC
RIP RNA ROFL RSS RT SMS SOS SUV TBA TLDR TV UAE UFO UK URL US USA USB USS USSR UTC VAT VI VII VIII VIP VR WMD WTF XI
XII XIV XVI
""")

# Of what is an organisation's alone, so that "shares of" shows one; a person, too, has a lawyer
OWNED = _words("customers employees headquarters officials shareholders shares staff stock subscribers unit users")
# Who stands at the head of an organisation: chief executive of Boeing
HEADS = _words("""
boss ceo chair chairman chairwoman chief co-founder director executive founder head leader manager member members
officer president
""")
# Before a name in reported speech, and after an organisation's
SAYS = _words("added explained recalled replied said says wrote")
TELLS = _words("accused announced called confirmed declined denied reported said says told urged warned")

# With which names of regions begin: West Bengal, Northern Cape
DIRECTIONS = _words("East Eastern Greater Lower Mount North Northern San Santa South Southern Upper West Western")

PARTICLES = _words("al al- bin ibn da das de del della den der di do dos du el la le st ten ter van von y zu af ben")
SUFFIXES = _words("Jr Sr II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI Jnr Snr")

# Capitals at the start of a sentence, or in a headline, that begin no name
FUNCTION = _words("""
a about above according across actually after again against ahead all almost alongside already also although always
amid among an analysts and another any anyone apr april are around as asked at aug august authorities autumn away back
be because been before behind being below beneath beside besides between beyond both but by can christmas could covid
critics currently dec december despite did do does down dozens due during each earlier early easter eight either else
even eventually every everyone everything except experts feb february few fewer finally five following for former
formerly four fri friday from fully further generally given god had half has have he hence her here hers him his how
however hundreds i if in indeed inside instead internet into investors is it its jan january jul july jun june just
last late later lawmakers least less let like likewise many mar march may maybe me meanwhile might millions mine mon
monday more moreover most much must my near nearly neither never nevertheless new next nine no nobody none nor not
notably nothing nov november now nowadays oct october of off officials often on once one only onto or other others
otherwise our out outside over overall own per perhaps police previously prosecutors quite ramadan rather recently
regardless reportedly researchers residents same sat saturday scientists sep separately sept september seven several
she should similarly since six so some somehow someone something soon sources spring still subsequently such summer
sun sunday taking ten than that the their them then there thereafter therefore these they this those though thousands
three through throughout thu thursday thus to today together tomorrow tonight too toward towards tue tuesday twelve
two under underneath unless unlike until unusually up upon us usually very via voters was we wed wednesday well were
what whatever when whenever where whereas wherever whether which while who whoever whom whose why will winter with
within without witnesses would yes yesterday yet you your а был была были было в во для до его её же за и из их к как
на не но о об он она они от по после при с со так то у что это
""")


# German titles are compounds, and end as these do: Außenministerin, SPD-Chef, Vizekanzlers
_GERMAN_TITLE = re.compile(
    r"^\w.*(?:minister|kanzler|präsident|sprecher|politiker|bürgermeister|sekretär|direktor|botschafter)(?:in|s|en)?$"
    r"|^\w.*(?:chef(?:in)?|vorsitzende[nr]?|abgeordnete[nr]?|beauftragte[nr]?)$"
    r"|^(?:Minister|Kanzler|Präsident|Sprecher|Bürgermeister|Direktor)(?:in|s|en)$",
    re.IGNORECASE,
)


def is_title(word: str) -> bool:
    """Whether a capitalised word is a title: also with a dot, or a role at the start of a sentence."""
    bare = word.rstrip(".")
    return bare in TITLES or bare.lower() in ROLES or _GERMAN_TITLE.search(bare) is not None
