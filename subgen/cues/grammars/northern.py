"""Hungarian and Finnish: much is in the endings of words, so that few little words are left."""

from __future__ import annotations

from subgen.cues.grammars.grammar import Grammar, words

HUNGARIAN = Grammar(
    conjunctions=words(
        "és s meg vagy de ám azonban hanem pedig hogy ha mert mivel bár noha amikor mikor miközben mielőtt miután "
        "amíg ameddig mint mintha tehát ezért ugyanis viszont illetve valamint sem se aki akik akit amely amelyek "
        "amelyet ami amit ahol ahová ahonnan amint ki kit mi mit miért hogyan hol hová"
    ),
    leading=words(
        "a az egy ez e ezt azt ezek azok ezen azon minden összes néhány sok kevés több valamennyi semmi én te ő mi ti "
        "ők nem ne nagyon túl igen még már csak is olyan ilyen legyen kell lehet tud akar fog fogok fogja fognak "
        "szabad"
    ),
    trailing=words(
        "is alatt fölött felett mellett mögött előtt után között közé alá fölé mellé mögé elé szerint miatt ellen "
        "nélkül helyett iránt által át keresztül felé felől múlva óta közben számára részére volna volt úr asszony"
    ),
    titles=words("dr prof ifj id özv st pl ún kb ill vö"),
    abbreviations=words("stb jan febr márc ápr máj jún júl aug szept okt nov dec kr.e i.e i.sz u oldal tel ft"),
    ordinals=True,
)

FINNISH = Grammar(
    conjunctions=words(
        "ja sekä tai vai mutta vaan että jotta koska kun jos vaikka kuin kunnes ennenkuin eli sillä joten eikä enkä "
        "etkä emme ettekä eivätkä joka jota jonka jossa josta johon jolla jolle jotka joita joiden mikä mitä minkä "
        "missä mistä mihin kuka ketä miksi miten"
    ),
    prepositions=words("ennen ilman kohti pitkin vastoin keskellä paitsi"),
    leading=words(
        "minä sinä hän me te he se ne tämä tuo nämä nuo tämän tuon sen näiden niiden minun sinun hänen meidän teidän "
        "heidän jokainen joka kaikki jokin jonkin eräs en et ei emme ette eivät älä älkää hyvin niin liian kovin olen "
        "olet on olemme olette ovat olin olit oli olimme olitte olivat ole ollut olla olisi olisin voi voin voit "
        "voimme voivat voisi täytyy pitää pitäisi saa haluan haluaa aion aikoo herra rouva"
    ),
    trailing=words(
        "kanssa jälkeen aikana alla päällä edessä takana vieressä välissä luona luokse kautta takia vuoksi mukaan "
        "mukana puolesta sijaan sisällä ulkopuolella yli ympärillä ympäri lähellä asti saakka varten"
    ),
    titles=words("tri prof hra rva nti esim ts vrt nro"),
    abbreviations=words("jne ym yms mm eaa jaa eKr jKr klo n noin tammi puh milj"),
    ordinals=True,
)
