"""Korean, Vietnamese, Indonesian, Malay, Filipino: languages of East and South-East Asia that put spaces in texts."""

from __future__ import annotations

from subgen.cues.grammars.grammar import Grammar, words

KOREAN = Grammar(
    conjunctions=words(
        "그리고 그러나 하지만 그런데 그래서 그러면 그러니까 그러므로 따라서 또는 혹은 및 또 또한 즉 만약 만일 비록 "
        "왜냐하면 게다가 그렇지만 그래도"
    ),
    leading=words(
        "이 그 저 이런 그런 저런 어떤 무슨 어느 모든 각 여러 한 두 세 네 다섯 여섯 일곱 여덟 아홉 열 몇 첫 새 헌 옛 "
        "온 맨 안 못 잘 더 덜 가장 아주 매우 너무 꽤 참 제 내 네 우리 저희 약 총 전 현 할 될 갈 수"
    ),
    trailing=words(
        "것 것이 것은 것을 것도 것과 것에 것으로 것이다 것입니다 것이었다 것처럼 거 게 건 걸 거야 거예요 겁니다 수 "
        "수가 수는 수도 수밖에 때 때는 때가 때도 때까지 때마다 때문에 때문이다 때문입니다 중 중에 중이다 중입니다 등 "
        "등을 등의 등이 뿐 뿐이다 뿐만 만큼 대로 동안 적 적이 줄 데 데는 채 채로 척 뻔 듯 듯이 듯한 만 번 번째 명 개 "
        "년 월 일 시 분 살 원 씨 님 전에 후에 뒤에 앞에 위에 아래에 옆에 안에 밖에 사이에 대해 대한 위해 위한 의해 "
        "통해 따라 함께 같은 같이 아니라 아니다 아닌 아닙니다 아니에요 아니었다 있다 있는 있었다 있어요 있습니다 "
        "있었습니다 있고 있으며 있을 있지 없다 없는 없었다 없어요 없습니다 없었습니다 없이 없고 않다 않는 않은 않았다 "
        "않아요 않습니다 않았습니다 않고 않을 못했다 못하고 했다 한다 하는 했습니다 합니다 싶다 싶은 싶었다 싶어요 "
        "싶습니다 보았다 봤다 봐요 주었다 줬다 주세요 버렸다 놓았다 두었다 왔다 갔다 된다 됩니다 되었다 됐다"
    ),
)

VIETNAMESE = Grammar(
    conjunctions=words(
        "và nhưng hoặc hay mà nên thì vì bởi nếu khi lúc dù tuy mặc trong sau trước để rằng là như cũng còn song vậy "
        "do nhờ hễ"
    ),
    prepositions=words(
        "ở tại từ đến tới cho của với bằng về theo qua trên dưới trong ngoài giữa bên cạnh quanh khỏi cùng đối trừ "
        "ngoại"
    ),
    leading=words(
        "một hai ba các những mọi mỗi từng cái con chiếc cuốn quyển bức tấm người ngôi bài cây quả căn vài nhiều mấy "
        "tôi tao ta chúng anh chị em ông bà cô chú bác cậu nó hắn họ mình không chưa chẳng đừng chớ hãy đã đang sẽ "
        "sắp vừa mới vẫn đều chỉ rất quá hơi khá bị được phải cần nên có thể muốn định bắt việc sự cuộc nỗi niềm"
    ),
    trailing=words("này kia đó ấy nọ rồi nhé nhỉ ạ à ư hả lắm nữa đâu vậy thôi"),
    titles=words("ts ths gs pgs bs ths.bs tp q p đ"),
    abbreviations=words("v.v vv tcn scn tel đt"),
)

INDONESIAN = Grammar(
    conjunctions=words(
        "dan atau tetapi tapi namun melainkan sedangkan karena sebab bahwa agar supaya jika kalau bila apabila ketika "
        "saat sewaktu sementara sebelum sesudah setelah sejak hingga sampai meskipun walaupun biarpun sehingga maka "
        "seperti seolah yang lalu kemudian serta maupun daripada"
    ),
    prepositions=words(
        "di ke dari pada kepada daripada untuk bagi dengan oleh dalam tentang mengenai terhadap antara tanpa menurut "
        "demi sekitar selama melalui lewat bersama menuju akan"
    ),
    leading=words(
        "seorang sebuah seekor sebatang selembar para semua setiap tiap segala beberapa banyak suatu sesuatu si sang "
        "aku saya kamu anda dia ia kami kita mereka kalian tidak tak bukan jangan belum sudah telah sedang masih akan "
        "bisa dapat harus boleh mau ingin perlu sangat amat lebih paling terlalu hanya cuma juga pak bapak bu ibu"
    ),
    trailing=words("ini itu tersebut pun lah kah sekali saja lagi"),
    titles=words("dr prof ir drs dra h hj jl no hlm mis tn ny sdr"),
    abbreviations=words("dll dsb dst sm tel jan feb mar apr jun jul agu sep okt nov des"),
)

MALAY = Grammar(
    conjunctions=INDONESIAN.conjunctions | words("bahawa kerana ataupun manakala semasa walau iaitu ialah"),
    prepositions=INDONESIAN.prepositions | words("ke di dari bagi oleh sejak seperti"),
    leading=INDONESIAN.leading | words("awak engkau kau baginda boleh hendak nak encik cik puan tuan tan sri datuk"),
    trailing=INDONESIAN.trailing,
    titles=words("dr prof hj en pn jln no"),
    abbreviations=words("dll dsb sb tel"),
)

FILIPINO = Grammar(
    conjunctions=words(
        "at pero ngunit subalit datapwat o ni kung kapag pag habang bago dahil sapagkat kasi upang para nang kaya "
        "bagaman kahit samantalang"
    ),
    prepositions=words("sa kay kina para mula hanggang tungkol ayon laban galing"),
    leading=words(
        "ang ng mga si sina ni nina isang bawat lahat ilang maraming ito iyan iyon hindi huwag wala walang may "
        "mayroon mayroong napaka mas pinaka dapat pwede puwede gusto ayaw aking iyong kanyang aming ating inyong "
        "kanilang"
    ),
    trailing=words(
        "ako ikaw siya kami tayo kayo sila na pa ba po ho din rin daw raw lang lamang naman nga pala ko mo niya namin "
        "natin ninyo nila"
    ),
    titles=words("dr gng bb g atty engr gob sen"),
    abbreviations=words("atbp tel"),
)
