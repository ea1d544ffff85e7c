# ruff: noqa: RUF001 - letters of other scripts, and meant so
"""Which words mark a question, an answer, nobody, an office, a rank, a note, a heading or speech.

By language only where it matters to a reader; all are compared folded (see ``folding``).
"""

from newsreel.catalogue.transcripts.folding import fold, fold_word


def _words(*lists: str) -> frozenset[str]:
    return frozenset(fold_word(word) for words in lists for word in words.split())


def _phrases(*phrases: str) -> frozenset[str]:
    return frozenset(fold(phrase) for phrase in phrases)


QUESTION = _words(
    "question questions q journalist journalists reporter reporters media press questioner",
    "correspondent interviewer qu",
    "journaliste journalistes presse correspondant correspondante intervieweur intervieweuse",
    "питання запитання журналіст журналістка журналісти кореспондент кореспондентка репортер",
    "вопрос журналист журналистка журналисты корреспондент корреспондентка въпрос журналистът",
    "frage journalistin reporterin korrespondent korrespondentin fragesteller fragestellerin",
    "vraag pregunta periodista reportero reportera domanda giornalista pergunta jornalista",
    "pytanie dziennikarz dziennikarka otázka novinář novinářka novinár novinárka otazka",
    "kérdés újságíró întrebare jurnalist jurnalistă ziarist pitanje novinar novinarka vprašanje",
    "fråga spørgsmål spørsmål kysymys toimittaja küsimus ajakirjanik jautājums žurnālists",
    "klausimas žurnalistas žurnalistė soru gazeteci muhabir pyetje gazetar ερώτηση δημοσιογράφος",
    "سؤال السؤال صحفي صحافي صحفية صحافية الصحفي الصحافي مراسل שאלה עיתונאי עיתונאית",
    "質問 質問者 記者 记者 問 问 问题 問題 提问 질문 기자 კითხვა ჟურნალისტი հարց լրագրող",
)
ANSWER = _words(
    "a answer ans réponse r відповідь ответ отговор antwort antwoord respuesta risposta resposta",
    "odpowiedź odpověď odpoveď válasz răspuns odgovor svar vastaus vastus atbilde atsakymas cevap",
    "yanıt απάντηση جواب الجواب إجابة תשובה 答 回答 답변 პასუხი պատասխան",
)
ANSWER_ONLY_WITH_COLON = _words("a r")
NOBODY = _phrases(
    *("?", "??", "unidentified speaker", "unknown speaker", "unidentified", "unknown", "voice"),
    *("speaker unidentified", "man", "woman", "male", "female", "male voice", "female voice"),
    *("male speaker", "female speaker", "unidentified male", "unidentified female", "voices"),
    *("participant", "audience", "inaudible", "multiple speakers", "crosstalk", "all", "other"),
    *("intervenant", "intervenante", "intervenant non identifié", "inconnu", "inconnue"),
    *("homme", "femme", "voix", "невідомий", "невідома", "голос", "чоловік", "жінка"),
    *("неизвестный", "мужчина", "женщина", "unbekannt", "stimme", "desconocido", "onbekend"),
)
ANYBODY = _words(
    "man woman male female voice voices audience member members off camera mic in from the of",
    "unidentified unknown unnamed person people participant participants crowd floor public",
    "student attendee guest guests somebody someone everybody all homme femme voix salle public",
    "étudiant étudiante participante hors champ dans la de du чоловік жінка голос із залу студент",
    "студентка учасник учасниця мужчина женщина из зала участник mann frau stimme publikum",
)
"""Words that together name nobody in particular."""
OPENERS = _words(
    "in for to at on by as with from of and but or that if when while let there here such",
    "en pour à dans avec par sur si quand в на у з для до за по і та й але im in zu für mit auf",
)
"""Words that no label begins with, when written as in a sentence."""
ASKING = tuple(
    fold(stem)
    for stem in ("журналіст", "журналист", "кореспондент", "корреспондент", "dziennikar", "novinar")
)
ROLES = _words(
    "moderator host chair chairman chairwoman chairperson interpreter translator narrator speaker",
    "spokesperson spokesman spokeswoman presenter anchor compere emcee minister president",
    "secretary admiral",
    "ambassador chancellor commissioner director commander colonel major captain lieutenant",
    "sergeant marshal brigadier king queen prince princess senator governor mayor professor",
    "doctor deputy representative envoy adviser advisor premier taoiseach delegate congressman",
    "congresswoman saceur sacs secgen dsg undersecretary vice facilitator operator",
    "ministre président présidente secrétaire ambassadeur ambassadrice amiral colonel porte-parole",
    "modérateur modératrice animateur animatrice interprète chancelier chancelière directeur",
    "directrice roi reine général générale commissaire maire sénateur sénatrice professeur",
    "présentateur présentatrice traducteur traductrice",
    "міністр міністерка президент президентка секретар посол адмірал речник речниця модератор",
    "модераторка перекладач перекладачка прем'єр голова ведучий ведуча генерал",
    "полковник командувач директор директорка заступник заступниця канцлер король королева",
    "министр президент секретарь посол модератор переводчик переводчица премьер ",
    "председатель ведущий ведущая генерал полковник командующий директор канцлер спикер",
    "kanzler kanzlerin bundeskanzler bundeskanzlerin präsident präsidentin botschafter",
    "botschafterin sprecher sprecherin moderatorin dolmetscher dolmetscherin generalsekretär",
    "minister-president secretaris-generaal woordvoerder woordvoerster tolk voorzitter",
    "ministro ministra presidente presidenta secretario embajador embajadora portavoz moderador",
    "moderadora intérprete segretario ambasciatore ambasciatrice portavoce moderatore interprete",
    "prezydent sekretarz ambasador rzecznik rzeczniczka prowadzący prowadząca tłumacz tłumaczka",
    "bakan bakanı başkan başkanı büyükelçi sekreter cumhurbaşkanı sözcü moderatör tercüman",
    "ministru președinte președintă ambasador purtător secretar υπουργός πρόεδρος πρέσβης",
    "الأمين الوزير وزير وزيرة الرئيس رئيس رئيسة السفير سفير المترجم مترجم المتحدث متحدث المذيع",
    "秘书长 秘書長 总统 總統 大統領 首相 外相 主持人 司会 司会者 通訳 翻译 사회자 통역",
)
ROLE_ENDINGS = ("minister", "ministerin", "prasident", "prasidentin", "sekretar", "kanzler")
RANKS = _words(
    "general gen lt ltg maj major col colonel cpt capt captain adm admiral vadm radm cdr cmdr",
    "commander brig brigadier sgt sergeant marshal air chief vice rear lieutenant lieut",
    "général amiral генерал полковник адмірал адмирал майор капітан generał generale almirante",
    "generalleutnant oberst rtd ret retired",
)
HONORIFICS = _words(
    "mr mrs ms miss mx dr prof sir lord lady dame hon rt honourable honorable excellency he hrh",
    "h.e s.e s.exc hm m mme mlle mm monsieur madame mademoiselle pan pani пан пані г-н",
    "г-жа господин госпожа",
    "herr frau señor señora sr sra signor signora dhr mevr mevrouw bay bayan fru hr",
    "السيد السيدة الدكتور the le la les l the",
)
ARTICLES = _words("the le la les un une der die das el il lo a an")
FIRST_SPEECH = _words(
    "his her your a will may do can so well no he it is am an in on as at by to of for mark"
)
"""Words of speech that are names, too: they count as speech only when written small."""
SPEECH = _words(
    "i we you he she it they is are was were be been am have has had do does did will would shall",
    "should can could may might must not no yes thank thanks welcome good morning afternoon",
    "evening night hello hi dear okay ok please well said says say told asked ask so but because",
    "my your our their his her this that these those what when where why how who which if then",
    "ladies gentlemen colleagues friends excellencies i'm we're it's that's let's don't there",
    "here now today tomorrow yesterday let look listen",
    "je tu il elle nous vous ils elles est sont était merci bonjour bonsoir cher chers chère",
    "chères oui non mais donc mesdames messieurs amis collègues mon ma mes notre nos votre vos",
    "ce cette ces c'est j'ai qui que quoi quand pourquoi comment a dit ici aujourd'hui",
    "я ми ви він вона вони є був була були дякую дякуємо добрий доброго день вечір ранку так ні",
    "шановні дорогі друзі колеги пані та панове наш наша наші мій це цей ця що коли чому як",
    "мы вы он она они спасибо добрый доброе утро да нет уважаемые дорогие друзья коллеги мой это",
    "ich wir sie ist sind war danke guten tag liebe sehr geehrte damen herren ja nein das mein",
    "gracias buenos días señoras señores queridos sí grazie buongiorno cari sono siamo",
    "dziękuję dzień dobry szanowni państwo drodzy jest są nie tak dank dames heren beste",
    "teşekkürler sayın شكرا مرحبا نعم لا السيدات والسادة أعزائي",
) - _words("lo")
SPEECH_WORDS_IN_OFFICES = _words("das il le la les sie der so no m a")
HEADINGS = _words(
    "statement statements remarks speech speeches address press conference doorstep transcript",
    "interview introduction opening closing conclusion conclusions summary agenda background",
    "session meeting meetings summit visit event briefing answers q&a qa topics topic date place",
    "location venue part chapter section note notes update updates points point message",
    "priorities priority defence defense spending security support war peace future ukraine",
    "russia europe nato china alliance allies union treaty industry investment investments",
    "climate change energy policy plan plans news headlines contents annex appendix warning",
    "time title subject file source contact phone email website copyright credit video audio",
    "first second third fourth fifth finally one two three four five six burden sharing north",
    "south east west atlantic baltic arctic black sea road way forward next steps key main",
    "attention reminder example result results goal goals aim reason answer decision decisions",
    "déclaration discours allocution conférence entretien ouverture clôture ordre jour contexte",
    "réunion sommet visite événement défense dépenses sécurité soutien guerre paix avenir russie",
    "заява виступ промова конференція брифінг зустріч саміт візит оборона безпека підтримка",
    "війна мир майбутнє росія європа порядок денний заявление выступление встреча саммит россия",
    "united states kingdom germany france poland estonia latvia lithuania canada norway sweden",
    "finland denmark spain italy turkey türkiye greece romania bulgaria netherlands belgium",
    "music applause laughter silence break video clip graphic pause musique applaudissements",
    "rires сміх оплески музика",
)
HOSTED = _words(
    "interview conference briefing meeting visit press with to for about on of from and & joint",
    "entretien conférence réunion visite rencontre avec pour à sur conversation talk q&a",
    "spokesperson spokesman spokeswoman adviser advisor assistant aide deputy interpreter",
    "translator porte-parole conseiller conseillère",
)
"""Words beside a speaker's name that may mean somebody else, too: nobody is named."""
BEFORE_ANOTHER = _words(
    "for of to with by about from on and or & versus vs de du d pour à avec par et von mit zu über",
    "für und до для від про з з'за від і та от с со и o do z od con por per di da van met en",
)
BY = _words("by of par de von від by:")
SPEECHES = _words(
    "statement remarks speech address keynote intervention doorstep opening closing comments",
    "déclaration discours allocution propos заява виступ промова заявление выступление rede",
)
NOTES = _words(
    "interpretation interpreted interpreter translated translation translator through off mic",
    "microphone inaudible unintelligible via video videolink link remote remotely speaking in",
    "continued cont'd contd continuing as delivered laughs laughing smiling phone by online live",
    "no crosstalk pause applause suite traduction interprétation hors micro micro inaudible en",
    "par téléphone visio vidéo переклад через перекладача мовою без мікрофона без мікрофону",
    "нерозбірливо перевод через переводчика без микрофона неразборчиво übersetzung ohne mikrofon",
    "auf unverständlich speaks original voice-over voiceover subtitled dubbed",
)
ORDINALS = _words(
    "first second third fourth fifth next last final another follow-up followup follow up",
    "additional no nr n° n number from the floor audience online room member of and by von de",
    "one two three four five six seven eight nine ten unidentified unknown unnamed male female",
    "off mic camera another other foreign local від от par chat via remote",
    "première premier deuxième troisième dernière dernier autre suivante suivant de la salle du",
    "public перше друге третє наступне останнє уточнююче інше з залу із зали первый второй",
    "следующий последний из зала erste nächste letzte zweite aus dem publikum saal",
    "to for à aux pour an au",
)
PARTICLES = _words(
    "a al an and at bin bint ibn d' da de del della den der des di do dos du e el et for in la le",
    "les of on the to und van von y zu ter ten te af av de' lo los las das dal dalla degli dei",
    "zur zum aan het 't op e. i og och ja y' ve bir і та з із до при й по в у и с на für pour sur",
    "aux au à en sous with &",
)
ACRONYMS = _words(
    "nato otan eu ue un onu us usa uk uae osce g7 g20 imf who faq ps nb ok fyi asap wmd icbm purl",
    "aukus opec iaea cbrn isr gdp tv dvd pm am utc cet est note warning update breaking",
)
HOSTS = _words(
    "moderator host chair chairman chairwoman chairperson interpreter translator narrator",
    "presenter anchor facilitator operator modérateur modératrice animateur animatrice interprète",
    "présentateur présentatrice модератор модераторка перекладач перекладачка ведучий ведуча",
    "переводчик переводчица ведущий ведущая moderatorin dolmetscher dolmetscherin tolk",
    "spokesperson spokesman spokeswoman porte-parole речник речниця sprecher sprecherin",
)
"""Parts in an event that are not the speaker's who answers."""
LEAD_INS = _words(
    "one two three four five six seven eight nine ten first second third fourth fifth finally",
    "firstly secondly thirdly remember so look listen yes no well okay example now again also",
    "un deux trois quatre premièrement deuxièmement enfin donc bref voilà exemple",
    "перше друге третє отже тобто во-первых во-вторых итак erstens zweitens drittens also",
)
"""Words with a colon that begin a sentence and name nobody."""
QUESTION_WORDS = _words(
    "will would do does did are is was were can could have has had should may might",
    "what when where why how who which whose",
    "que quand pourquoi comment où qui quel quelle est allez pouvez avez êtes voulez",
    "чи коли чому як що хто де який яка які когда почему как что кто где",
    "wann warum wie was wer wo werden können haben sind",
)
"""Words that a question begins with."""
