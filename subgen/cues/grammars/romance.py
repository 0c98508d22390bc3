"""French, Spanish, Portuguese, Italian, Romanian."""

from __future__ import annotations

from subgen.cues.grammars.grammar import Grammar, words

FRENCH = Grammar(
    conjunctions=words(
        "et mais ou où donc or ni car que qu' quand lorsque lorsqu' puisque puisqu' comme si s'il s'ils quoique "
        "quoiqu' tandis alors parce afin dont qui quoi lequel laquelle lesquels lesquelles auquel duquel pourquoi "
        "combien"
    ),
    prepositions=words(
        "à au aux de d' du des en dans sur sous par pour avec sans chez vers entre contre depuis pendant avant après "
        "devant derrière dès jusque jusqu' malgré parmi selon sauf hors outre envers durant via près loin"
    ),
    leading=words(
        "le la les un une ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs chaque "
        "quelque quelques plusieurs aucun aucune tout toute tous toutes quel quelle quels quelles je tu il elle on "
        "nous vous ils elles me te se lui y ne pas très plus trop si aussi c'est suis es est sommes êtes sont étais "
        "était étaient été être serai sera serait ai as a avons avez ont avais avait avaient avoir aura aurait vais "
        "vas va allons allez vont peux peut pouvons pouvez peuvent pouvait pourrait dois doit devons devez doivent "
        "devait devrait veux veut voulons voulez veulent fait faire"
    ),
    titles=words("m mm mme mmes mlle dr pr prof me st ste p.ex cf env vol fig"),
    abbreviations=words("etc av apr j.-c janv févr avr juil sept oct nov déc tél"),
)

SPANISH = Grammar(
    conjunctions=words(
        "y e o u ni pero mas sino aunque porque pues que si cuando mientras donde adonde como según conque luego "
        "quien quienes cual cuales cuyo cuya cuyos cuyas cuanto qué quién dónde cuándo cómo cuál"
    ),
    prepositions=words(
        "a al ante bajo con contra de del desde durante en entre hacia hasta mediante para por según sin sobre tras "
        "excepto salvo vía"
    ),
    leading=words(
        "el la los las lo un una unos unas este esta estos estas ese esa esos esas aquel aquella aquellos aquellas mi "
        "mis tu tus su sus nuestro nuestra nuestros nuestras vuestro vuestra vuestros vuestras cada todo toda todos "
        "todas algún alguna algunos algunas ningún ninguna otro otra otros otras muchos muchas varios varias yo tú él "
        "ella usted nosotros nosotras vosotros ellos ellas ustedes me te se le les nos os no muy tan más menos soy "
        "eres es somos sois son era eras éramos eran fui fue fueron ser sido será sería estoy estás está estamos "
        "están estaba estaban estar he has ha hemos habéis han había habían haber habrá habría hay voy vas va vamos "
        "van puedo puedes puede podemos pueden podía podría debo debe debemos deben quiero quiere quieren tengo tiene"
    ),
    titles=words("sr sra srta sres dr dra prof ud uds d dña lic ing gral sto sta p.ej pág núm art aprox n.º"),
    abbreviations=words("etc ee.uu a.c d.c a.m p.m ene feb abr jun jul ago sept oct nov dic tel av"),
)

PORTUGUESE = Grammar(
    conjunctions=words(
        "e ou nem mas porém contudo todavia porque pois que se quando enquanto embora onde aonde como conforme logo "
        "portanto caso quem qual quais cujo cuja cujos cujas quanto porquê"
    ),
    prepositions=words(
        "a ao aos à às ante após até com contra de do da dos das desde durante em no na nos nas num numa entre para "
        "pra pro por pelo pela pelos pelas perante sem sob sobre trás dum duma deste desta desse dessa daquele "
        "daquela neste nesta nesse nessa naquele naquela dele dela deles delas"
    ),
    leading=words(
        "o os as um uma uns umas este esta estes estas esse essa esses essas aquele aquela aqueles aquelas isto isso "
        "meu minha meus minhas teu tua teus tuas seu sua seus suas nosso nossa nossos nossas cada todo toda todos "
        "todas algum alguma alguns algumas nenhum nenhuma outro outra outros outras muitos muitas vários várias eu tu "
        "ele ela você nós vós eles elas vocês me te se lhe lhes não muito tão mais menos sou és é somos são era eras "
        "éramos eram fui foi foram ser sido será seria estou está estamos estão estava estavam estar tenho tens tem "
        "temos têm tinha tinham ter há havia vou vais vai vamos vão posso pode podemos podem podia poderia devo deve "
        "devem deveria quero quer querem"
    ),
    titles=words("sr sra srs sras srta dr dra prof profa d eng sto sta exmo exma p.ex pág n.º nº art aprox"),
    abbreviations=words("etc eua a.c d.c jan fev mar abr jun jul ago set out nov dez tel av"),
)

ITALIAN = Grammar(
    conjunctions=words(
        "e ed o od oppure ma però anzi né perché poiché siccome che ch' se quando mentre dove dov' come com' sebbene "
        "benché affinché quindi dunque cioè chi cui quale quali quanto finché appena nonostante"
    ),
    prepositions=words(
        "a ad al allo alla all' ai agli alle di d' del dello della dell' dei degli delle da dal dallo dalla dall' dai "
        "dagli dalle in nel nello nella nell' nei negli nelle con col coi su sul sullo sulla sull' sui sugli sulle "
        "per tra fra senza sopra sotto verso contro dentro fuori dopo prima durante presso oltre lungo fino sino "
        "entro"
    ),
    leading=words(
        "il lo la i gli le un uno una questo questa questi queste quello quella quei quegli quelle mio mia miei mie "
        "tuo tua tuoi tue suo sua suoi sue nostro nostra nostri nostre vostro vostra vostri vostre loro ogni ciascun "
        "qualche alcuni alcune nessun nessuno nessuna tutto tutta tutti tutte molti molte io tu lui lei noi voi mi ti "
        "si ci vi ne non molto così più meno sono sei è siamo siete era eri eravamo erano fui fu furono essere stato "
        "stata sarà sarebbe ho hai ha abbiamo avete hanno avevo aveva avevano avere avrà avrebbe sto stai sta stiamo "
        "stanno stava vado va andiamo vanno posso puoi può possiamo potete possono poteva potrebbe devo devi deve "
        "dobbiamo devono doveva dovrebbe voglio vuole vogliono vorrei"
    ),
    titles=words("sig sigg sig.ra sig.na dott dott.ssa dr prof prof.ssa ing avv arch on p.es pag art vol ca"),
    abbreviations=words("ecc etc a.c d.c gen feb mar apr mag giu lug ago set ott nov dic tel"),
)

ROMANIAN = Grammar(
    conjunctions=words(
        "și iar dar însă ci sau ori fie nici că să dacă când cât deși fiindcă deoarece întrucât pentru încât ca "
        "precum cum unde deci așadar care cărui cărei căror cine ce"
    ),
    prepositions=words(
        "a la de din dintre dinspre în între întru înspre cu fără pe pentru prin printre peste sub lângă spre către "
        "după până contra asupra deasupra împotriva înaintea datorită conform potrivit despre dinainte"
    ),
    leading=words(
        "un o unui unei unor niște al ai ale cel cea cei cele acest această acești aceste acel acea acei acele "
        "fiecare orice vreun vreo niciun nicio toți toate mulți multe câțiva câteva eu tu el ea noi voi ei ele mă te "
        "se îl îi le îmi îți își ne vă mi ți i l nu foarte mai prea tot sunt ești este e suntem sunteți era erau fost "
        "fi fie am ai are avem aveți au aveam avea aveau voi vei va vom veți vor aș ar ați pot poți poate putem pot "
        "putea trebuie vreau vrea vrem"
    ),
    titles=words("dl d-l dna d-na dr prof ing av sf str nr pag art vol cca ex"),
    abbreviations=words("etc ș.a î.hr d.hr ian feb apr iun iul aug sept oct nov dec tel bd"),
)
