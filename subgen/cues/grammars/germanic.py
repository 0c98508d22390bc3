"""German, Dutch, Swedish, Danish."""

from __future__ import annotations

from subgen.cues.grammars.grammar import Grammar, words

GERMAN = Grammar(
    conjunctions=words(
        "und aber oder denn sondern doch weil dass daß ob wenn falls als während bevor nachdem bis seit seitdem "
        "obwohl obgleich damit sodass indem sofern solange sobald wie wo wohin woher weshalb warum wer wen wem wessen "
        "was welcher welche welches welchen welchem deren dessen denen sowie beziehungsweise weder noch entweder"
    ),
    prepositions=words(
        "in im ins an am ans auf aufs aus bei beim mit nach von vom zu zum zur für durch gegen gegenüber ohne um "
        "unter über vor vorm hinter neben zwischen wegen trotz statt anstatt außer innerhalb außerhalb laut dank ab "
        "entlang mittels per pro samt gemäß jenseits diesseits"
    ),
    leading=words(
        "der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner keines mein meine "
        "meinen meinem meiner meines dein deine deinen deinem deiner deines sein seine seinen seinem seiner seines "
        "ihr ihre ihren ihrem ihrer ihres unser unsere unseren unserem unserer unseres euer eure euren eurem eurer "
        "dieser diese dieses diesen diesem jener jene jenes jenen jenem jeder jede jedes jeden jedem alle allen "
        "einige manche viele beide herr herrn frau ich du er sie es wir man nicht sehr so zu ganz bin bist ist sind "
        "seid war warst waren habe hast hat haben hatte hatten werde wirst wird werden wurde wurden würde würden kann "
        "kannst können konnte könnte muss musst müssen musste will willst wollen wollte soll sollen sollte darf "
        "dürfen mag möchte möchten"
    ),
    titles=words("dr prof hr fr frl st ing dipl mag z.b d.h u.a bzw ca vgl evtl ggf inkl nr str bd abs z d u"),
    abbreviations=words("usw etc o.ä v.chr n.chr co jh jhd mio mrd tel jan feb aug sept okt nov dez mo di mi do"),
    ordinals=True,
)

DUTCH = Grammar(
    conjunctions=words(
        "en maar of want dus dat omdat doordat als wanneer toen terwijl nadat voordat totdat tot sinds hoewel "
        "ofschoon tenzij indien zodat zodra zolang opdat alsof dan noch wie wat waar waarom hoe welk welke die wiens"
    ),
    prepositions=words(
        "in op aan bij met van naar voor door over onder boven tussen tegen tijdens uit achter naast om rond zonder "
        "volgens sinds vanaf vanuit binnen buiten langs per te ten ter tegenover ondanks wegens via namens dankzij"
    ),
    leading=words(
        "de het een dit deze die dat mijn m'n jouw je zijn z'n haar ons onze jullie hun uw elke elk ieder iedere alle "
        "geen enkele sommige veel ik jij hij zij ze wij we u men niet zeer heel erg zo er ben bent is was waren heb "
        "hebt heeft hebben had hadden word wordt worden werd werden zal zult zullen zou zouden kan kunt kunnen kon "
        "konden moet moeten moest mag mogen mocht wil wilt willen wilde ga gaat gaan laat"
    ),
    titles=words("dr prof mr mevr mw dhr ds ir ing drs st bijv bv d.w.z o.a m.b.t t.a.v i.p.v ca nr blz vgl resp"),
    abbreviations=words("enz etc e.d jan feb mrt apr jun jul aug sept okt nov dec v.chr n.chr mln mld"),
)

SWEDISH = Grammar(
    conjunctions=words(
        "och men eller för utan samt så att om när medan innan efter eftersom därför fast fastän trots ifall såvida "
        "sedan tills än som vilken vilket vilka vars där dit varför hur vad vem både varken antingen"
    ),
    prepositions=words(
        "i på av till från med för om hos vid under över mellan genom mot utan efter före bakom framför bredvid kring "
        "runt omkring åt ur inom utanför innanför längs enligt sedan trots per via bland"
    ),
    leading=words(
        "en ett den det de denna detta dessa min mitt mina din ditt dina hans hennes sin sitt sina vår vårt våra er "
        "ert era deras dess varje ingen inget inga någon något några alla många jag du han hon vi ni man inte ej "
        "aldrig mycket så är var vara varit har hade ha blir blev bli ska skall skulle kan kunde måste vill ville bör "
        "borde får fick må"
    ),
    titles=words("dr prof hr fr t.ex d.v.s dvs s.k bl.a ca kl nr jfr resp mr mrs"),
    abbreviations=words("osv m.m etc o.s.v m.fl jan feb apr aug sept okt nov dec f.kr e.kr milj tel"),
)

DANISH = Grammar(
    conjunctions=words(
        "og men eller for så at om når da mens før efter fordi selvom skønt hvis medmindre siden indtil end som der "
        "hvilken hvilket hvilke hvis hvor hvorfor hvordan hvad hvem både hverken enten samt"
    ),
    prepositions=words(
        "i på af til fra med for om hos ved under over mellem gennem mod uden efter før bag foran omkring rundt ud "
        "inden langs ifølge siden trods per via blandt ad"
    ),
    leading=words(
        "en et den det de denne dette disse min mit mine din dit dine hans hendes sin sit sine vores jeres deres dens "
        "dets hver hvert ingen intet nogen noget nogle alle mange jeg du han hun vi i man ikke aldrig meget så er var "
        "være været har havde have bliver blev blive skal skulle kan kunne må måtte vil ville bør burde får fik"
    ),
    titles=words("dr prof hr fr st f.eks dvs d.v.s bl.a ca kl nr jf mr mrs s.k såk"),
    abbreviations=words("osv m.m mv m.v etc o.s.v jan feb apr aug sept okt nov dec f.kr e.kr mio mia tlf"),
    ordinals=True,
)
