"""Polish, Czech, Russian, Macedonian."""

from __future__ import annotations

from subgen.cues.grammars.grammar import Grammar, words

POLISH = Grammar(
    conjunctions=words(
        "i a oraz albo lub czy ani ale lecz jednak zaś natomiast więc zatem dlatego bo ponieważ gdyż że żeby aby by "
        "jeśli jeżeli gdy kiedy gdyby choć chociaż zanim póki dopóki odkąd jak jako niż gdzie dokąd skąd który która "
        "które którzy którego której których któremu którym którą kto co czyj"
    ),
    prepositions=words(
        "w we z ze na do od ode o u po przy przez przed przede za nad nade pod pode między pomiędzy dla bez beze ku "
        "wśród wobec według podczas mimo pomimo około obok oprócz poza ponad poprzez spod znad zza dzięki wzdłuż"
    ),
    leading=words(
        "ten ta to ci te tego tej tych temu tym tę tamten tamta tamto mój moja moje moi twój twoja twoje swój swoja "
        "swoje nasz nasza nasze wasz wasza wasze jego jej ich każdy każda każde żaden żadna żadne jakiś jakaś jakieś "
        "pewien wszystkie wszyscy pan pani ja ty on ona ono my wy oni one nie bardzo tak nawet tylko już jeszcze "
        "niech jestem jesteś jest jesteśmy są był była było byli były być będę będziesz będzie będziemy będą mam ma "
        "mamy mają mogę może możemy mogą mógł mogła musi muszę muszą chcę chce chcą trzeba można"
    ),
    trailing=words("się"),
    titles=words("p dr prof inż mgr ks św ul np tzn tj tzw m.in ob str nr godz płk"),
    abbreviations=words("itd itp etc n.e p.n.e sty lut mar kwi cze lip sie wrz paź lis gru tel zł tys mln mld"),
)

CZECH = Grammar(
    conjunctions=words(
        "a i ale nebo anebo ani však avšak nýbrž proto tedy neboť protože že aby kdyby jestli jestliže když pokud "
        "zatímco než až dokud ačkoli přestože i kde kam odkud jak jako který která které kteří kterého které kterou "
        "kterým kterých jenž kdo co čí proč či"
    ),
    prepositions=words(
        "v ve z ze s na do od ode o u po při pro před přede za nad nade pod pode mezi bez beze k ke ku přes skrz "
        "vedle kolem okolo podle během kromě místo díky kvůli proti vůči uvnitř mimo"
    ),
    leading=words(
        "ten ta to ti ty tento tato toto tito tyto tento onen můj moje má moji mé tvůj tvoje svůj svoje své náš naše "
        "váš vaše jeho její jejich každý každá každé žádný žádná žádné nějaký nějaká nějaké všechny všichni pan paní "
        "já ty on ona ono my vy oni ony ne velmi moc tak jen už ještě ať jsem jsi je jsme jste jsou byl byla bylo "
        "byli byly být budu budeš bude budeme budete budou bych bys by bychom byste mám má máme mají mohu můžu může "
        "můžeme mohou mohl mohla musí musím musíme chci chce chtějí"
    ),
    trailing=words("se si"),
    titles=words("p pí sl dr mudr judr phdr ing mgr bc prof doc sv ul nám např tzv tj tzn cca str č odst mj"),
    abbreviations=words("atd apod aj n.l př tel tis mil mld kč"),
    ordinals=True,
)

RUSSIAN = Grammar(
    conjunctions=words(
        "и а но или либо да что чтобы чтоб если когда пока потому поэтому хотя будто словно как чем ибо раз лишь "
        "также тоже однако зато где куда откуда который которая которое которые которого которой которых которому "
        "которым которую кто чей чья чьё чьи почему зачем ни"
    ),
    prepositions=words(
        "в во на с со к ко у о об обо от ото из изо по за под подо над надо перед передо при про без безо для до "
        "через между среди около возле вокруг вдоль против ради кроме вместо после сквозь из-за из-под насчёт насчет "
        "благодаря согласно вопреки навстречу"
    ),
    leading=words(
        "этот эта это эти этого этой этих тот та те того той тех мой моя моё мое мои твой твоя твоё твое твои свой "
        "своя своё свое свои наш наша наше наши ваш ваша ваше ваши его её ее их каждый каждая каждое весь вся всё все "
        "какой какая какое какие такой такая такое такие один одна одно я ты он она оно мы вы они не ни очень самый "
        "самая самое самые даже только уже ещё еще был была было были быть буду будешь будет будем будете будут есть "
        "нет могу может можем могут мог могла могли хочу хочет должен должна должны можно нужно надо"
    ),
    trailing=words("ли же бы б ж"),
    titles=words("г гг гр г-н г-жа д-р проф акад ул т.е т.н т напр ср стр гл св"),
    abbreviations=words("т.д т.п др пр н.э до руб коп тыс млн млрд км тел янв февр апр авг сент окт нояб дек"),
)

MACEDONIAN = Grammar(
    conjunctions=words(
        "и а но или ама туку ниту да дека оти бидејќи зашто ако кога додека иако штом како отколку каде кој која кое "
        "кои што чиј зошто па"
    ),
    prepositions=words(
        "во в на со од за до по кај при под над пред зад меѓу без низ кон околу покрај против поради спроти врз "
        "според освен преку крај после"
    ),
    leading=words(
        "овој оваа ова овие тој таа тоа тие оној онаа она оние мојот мојата моите твојот твојата неговиот нивниот "
        "нашиот вашиот секој секоја секое некој некоја некое ниеден јас ти ние вие го ја ги му ѝ им ме те се си не "
        "многу ќе би сум си е сме сте се бев беше беа имам има имаат може можам можат треба мора"
    ),
    titles=words("г г-ѓа д-р проф св ул бр стр т.е"),
    abbreviations=words("итн др сл мил тел"),
    ordinals=True,
)
