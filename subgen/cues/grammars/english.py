"""English."""

from __future__ import annotations

from subgen.cues.grammars.grammar import Grammar, words

ENGLISH = Grammar(
    conjunctions=words(
        "and but or nor so yet because although though unless until while whereas if when whenever where wherever "
        "whether since as than that which who whom whose"
    ),
    prepositions=words(
        "about above across after against along amid among around at before behind below beneath beside besides "
        "between beyond by despite down during except for from in inside into like near of off on onto out outside "
        "over past per through throughout to toward towards under underneath up upon via with within without"
    ),
    leading=words(
        "a an the this these my your his her its our their every each no some any i you he she it we they i'm i've "
        "i'd i'll you're he's she's it's we're they're am is are was were be been being have has had do does did will "
        "would shall should can could may might must isn't aren't wasn't weren't haven't hasn't hadn't don't doesn't "
        "didn't won't wouldn't can't cannot couldn't shouldn't not very"
    ),
    titles=words(
        "dr mr mrs ms prof rev fr sr jr st mt gen col lt sgt capt cpt cmdr adm gov sen rep hon pres messrs e.g i.e vs "
        "cf approx fig vol"
    ),
    abbreviations=words(
        "etc u.s u.k u.n a.m p.m a.d b.c ph.d inc ltd co corp dept est ed jan feb mar apr jun jul aug sep sept oct "
        "nov dec mon tue tues wed thu thur thurs fri sat sun ave blvd"
    ),
)
