"""Greek, Turkish, Arabic, Persian, Hindi."""

from __future__ import annotations

from subgen.cues.grammars.grammar import Grammar, words

GREEK = Grammar(
    conjunctions=words(
        "και κι αλλά όμως ή είτε ούτε μήτε ότι πως που να αν εάν όταν ενώ επειδή διότι γιατί αφού μόλις πριν ώστε "
        "μολονότι παρότι καθώς όπως όπου όποιος όποια όποιο όσο όσα όσοι λοιπόν άρα δηλαδή ποιος ποια ποιο τι πού πώς "
        "πότε ο,τι"
    ),
    prepositions=words(
        "σε με από για προς μέχρι ως έως χωρίς δίχως κατά μετά παρά αντί εναντίον στο στον στη στην στα στους στις "
        "του μέσα έξω πάνω κάτω μπροστά πίσω δίπλα κοντά μακριά ανάμεσα μεταξύ γύρω λόγω εξαιτίας σαν υπό υπέρ"
    ),
    leading=words(
        "ο η το οι τα τον την τη της των τους τις τού ένας μια μία ένα έναν μιας ενός αυτός αυτή αυτό αυτοί αυτές "
        "αυτά αυτόν αυτήν εκείνος εκείνη εκείνο κάθε κάποιος κάποια κάποιο κανένας καμία κανένα όλος όλη όλο όλοι "
        "όλες όλα εγώ εσύ εμείς εσείς δεν δε μην μη θα ας πολύ πιο τόσο είμαι είσαι είναι είμαστε είστε ήμουν ήταν "
        "έχω έχεις έχει έχουμε έχετε έχουν είχα είχε είχαν πρέπει μπορώ μπορεί μπορείς μπορούμε μπορούν θέλω θέλει"
    ),
    trailing=words("μου σου μας σας"),
    titles=words("κ κα κος δρ καθ αγ οδ αρ σελ π.χ δηλ βλ"),
    abbreviations=words("κ.λπ κλπ κ.ά κ.τ.λ π.χ. μ.χ π.μ μ.μ ιαν φεβ μαρ απρ ιουν ιουλ αυγ σεπ οκτ νοε δεκ τηλ εκ"),
)

TURKISH = Grammar(
    conjunctions=words(
        "ve veya ya yahut ama fakat ancak lakin çünkü zira oysa eğer şayet madem hem ki yani hatta üstelik "
        "dolayısıyla böylece"
    ),
    leading=words(
        "bir bu şu o her hiç bazı birkaç çok daha en pek tüm bütün hangi kaç nasıl benim senin onun bizim sizin "
        "onların ben sen biz siz onlar sayın"
    ),
    trailing=words(
        "mi mı mu mü miyim mıyım muyum müyüm misin mısın musun müsün miyiz mıyız muyuz müyüz misiniz mısınız musunuz "
        "müsünüz miydi mıydı muydu müydü de da ile için gibi kadar göre doğru karşı rağmen önce sonra beri dolayı "
        "yüzden başka değil değilim değilsin değildi ise idi imiş olarak olan oldu olur olsun etti eder ediyor etmek "
        "var yok vardı yoktu hakkında üzerinde içinde altında arasında yanında tarafından bey hanım"
    ),
    titles=words("dr prof doç av sn hz st örn bkz no cad sok mah"),
    abbreviations=words("vb vs vd m.ö m.s yy ltd şti oca şub mar nis may haz tem ağu eyl eki kas ara tel"),
    ordinals=True,
)

_ARABIC_CONJUNCTIONS = (
    "ثم أو أم لكن لكنّ بل إذا إذ لو لولا لأن لأنه لأنها لأنهم أن أنّ إن إنّ أنه أنها أنهم إنه إنها حيث كما عندما "
    "بينما كلما لكي كي حتى منذ مع الذي التي الذين اللذان اللتان اللواتي ما من متى أين كيف لماذا ماذا"
)
_ARABIC_PREPOSITIONS = (
    "في من إلى على عن مع بين بعد قبل عند تحت فوق أمام خلف وراء حول دون بدون خلال لدى ضد نحو عبر داخل خارج بسبب رغم "
    "مثل أثناء ضمن تجاه سوى غير"
)


def _with_and(text: str) -> str:
    """The words, and the same with the "and" and "so" that are written in one with them."""
    return " ".join(prefix + word for word in text.split() for prefix in ("", "و", "ف"))


ARABIC = Grammar(
    conjunctions=words(f"و ف {_with_and(_ARABIC_CONJUNCTIONS)}"),
    prepositions=words(_with_and(_ARABIC_PREPOSITIONS)),
    leading=words(
        _with_and(
            "لا لم لن ليس ليست قد لقد سوف هل هذا هذه ذلك تلك هؤلاء أولئك هنا كل بعض أي أية جميع كان كانت كانوا كنت "
            "كنا يكون تكون هو هي هم نحن أنا أنت أنتم"
        )
        + " زال زلت زالت زالوا يزال تزال يا أيها أيتها السيد السيدة الدكتور"
    ),
    titles=words("د أ م ص"),
)

PERSIAN = Grammar(
    conjunctions=words(
        "و یا اما ولی لیکن بلکه که چون زیرا اگر تا وقتی هنگامی چنانچه اگرچه گرچه هرچند پس سپس بنابراین همچنین نیز چه "
        "چرا کجا کی"
    ),
    prepositions=words(
        "به از در با برای بر بی بدون درباره دربارهٔ روی زیر بالای پیش نزد کنار میان بین پشت جلوی داخل بیرون درون توی "
        "سوی طبق علیه مانند مثل جز غیر هنگام"
    ),
    leading=words(
        "این آن همین همان یک هر چند چندین همه هیچ بعضی برخی کدام من تو او ما شما آنها ایشان نه خیلی بسیار آقای خانم "
        "دکتر باید نباید شاید می نمی خواهم خواهی خواهد خواهیم خواهند"
    ),
    trailing=words(
        "را هم است هست نیست هستند نیستند هستم هستیم بود نبود بودند بودم بودیم شد نشد شدند شده شود می‌شود نمی‌شود "
        "می‌شد کرد کردند کردم کرده کند می‌کند می‌کنند می‌کنم می‌کرد باشد باشند داشت داد دارد دارند ها های"
    ),
)

HINDI = Grammar(
    conjunctions=words(
        "और एवं तथा या अथवा लेकिन मगर परंतु परन्तु किंतु किन्तु बल्कि कि क्योंकि अगर यदि जब जबकि ताकि चूँकि चूंकि "
        "इसलिए जो जिस जिसे जिसका जिसकी जिसके जिन जिन्हें जैसे जैसा जहाँ जहां तब तो फिर हालाँकि हालांकि मानो क्यों"
    ),
    leading=words(
        "यह ये वह वो वे इस उस इन उन एक कोई कुछ हर प्रत्येक सभी सब मेरा मेरी मेरे तेरा तेरी तेरे हमारा हमारी हमारे "
        "तुम्हारा तुम्हारी तुम्हारे आपका आपकी आपके उसका उसकी उसके इसका इसकी इसके उनका उनकी उनके इनका इनकी इनके अपना "
        "अपनी अपने मैं तू तुम हम आप न नहीं मत बहुत बड़ा बड़ी बड़े श्री श्रीमती डॉ डॉक्टर किसी किस किन कितना कितनी "
        "कितने बिना"
    ),
    trailing=words(
        "का के की को में से पर ने तक लिए साथ बाद पहले पास ऊपर नीचे आगे पीछे अंदर अन्दर बाहर द्वारा तरफ ओर बीच बारे "
        "कारण अनुसार सामने यहाँ यहां भी ही जी वाला वाली वाले कर करके है हैं हूँ हूं हो था थी थे थीं होगा होगी होंगे "
        "होता होती होते हुआ हुई हुए रहा रही रहे गया गई गयी गए गये चुका चुकी चुके सकता सकती सकते सका सकी सके जाता जाती "
        "जाते जाए जाएगा जाएगी दिया दी दिए दिये लिया ली लगा लगी लगे चाहिए पाया पाई पाए करता करती करते करना किया करने"
    ),
    titles=words("डॉ श्री प्रो पं कु"),
)
