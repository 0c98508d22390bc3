"""Chinese, Japanese and Thai: words are not parted by spaces, so phrases are told by how they begin and end."""

from __future__ import annotations

from subgen.cues.grammars.grammar import Grammar, listed, words

_CHINESE_CONJUNCTIONS = (
    "但是 但 可是 不过 不過 然而 而且 而 并且 並且 因为 因為 所以 因此 如果 要是 假如 虽然 雖然 尽管 儘管 即使 "
    "只要 只有 除非 不管 无论 無論 或者 还是 還是 于是 於是 然后 然後 接着 接著 后来 後來 当 當 为了 為了 由于 "
    "由於 以及 甚至 直到 其实 其實 比如 例如"
)
CHINESE = Grammar(
    leading=words(
        "把 被 在 从 從 向 往 对 對 跟 和 与 與 及 给 給 让 讓 为 為 以 用 由 到 比 很 最 更 太 非常 十分 不 没 沒 别 "
        "別 也 都 就 才 又 再 还 還 已 已经 已經 正在 会 會 能 要 想 可以 应该 應該 必须 必須 是 有 这 這 那 每 某 各 "
        "几 幾 一 两 兩 个 個 一个 一個 这个 這個 那个 那個 我 你 他 她 它 我们 我們 你们 你們 他们 他們 她们 她們 所 "
        "像 将 將"
    ),
    conjunctions=words(_CHINESE_CONJUNCTIONS),
    trailing=words(
        "了 着 著 过 過 得 地 们 們 吗 嗎 呢 吧 啊 呀 上 里 裡 裏 中 下 后 後 前 内 內 外 时 時 时候 時候 以后 以後 "
        "之后 之後 以前 之前 一样 一樣 起来 起來 出来 出來 下来 下來 下去 过来 過來 过去 過去"
    ),
    opening=listed(_CHINESE_CONJUNCTIONS),
    closing=listed("了 的时候 的時候 以后 以後 之后 之後 以前 之前 的话 的話 吗 嗎 呢 吧 啊"),
    binding=("的",),
    clinging=("的",),
)

CANTONESE = Grammar(
    conjunctions=CHINESE.conjunctions | words("跟住 同埋 定係 不如 但係"),
    trailing=CHINESE.trailing | words("咗 緊 哋 喇 啦 㗎 嘞 咩 先 埋 晒"),
    leading=CHINESE.leading
    | words("喺 同 畀 唔 冇 未 好 係 呢 嗰 啲 呢個 嗰個 呢啲 嗰啲 佢 佢哋 我哋 你哋 咁 仲 亦 先 識 想 要 去"),
    opening=(*CHINESE.opening, "跟住", "同埋", "定係", "不如", "但係"),
    closing=(*CHINESE.closing, *listed("咗 嘅時候 嘅話 喇 啦 㗎 嘞 咩")),
    binding=("的", "嘅"),
    clinging=("的", "嘅"),
)

_JAPANESE_CONJUNCTIONS = (
    "しかし だから でも けれど それで それから そして また または あるいは ところが なぜなら つまり もし たとえば "
    "例えば さらに ただし すると"
)
JAPANESE = Grammar(
    leading=words("この その あの どの こんな そんな あんな どんな とても もっと まだ もう ある 約 第"),
    conjunctions=words(_JAPANESE_CONJUNCTIONS),
    opening=listed(_JAPANESE_CONJUNCTIONS),
    closing=listed("から ので のに けど けれど けれども たら なら ながら て で ても でも って ば は が ため ために"),
    binding=listed("の な い という といった ような"),
)

THAI = Grammar(
    conjunctions=words("แต่ และ หรือ เพราะ ถ้า หาก เมื่อ ขณะที่ ซึ่ง ดังนั้น แม้ จนกระทั่ง เนื่องจาก ว่า ที่ อัน"),
    prepositions=words("ของ ใน บน ใต้ จาก ถึง กับ แก่ ต่อ ตาม เพื่อ โดย ด้วย ระหว่าง สำหรับ ตั้งแต่ จน"),
    leading=words(
        "จะ ได้ ไม่ ไม่ได้ กำลัง เคย ต้อง ควร อาจ น่า ให้ เป็น คือ มี การ ความ นัก ผู้ ชาว ทุก แต่ละ บาง หลาย คุณ นาย "
        "นาง นางสาว ผม ฉัน เขา เธอ เรา พวก มัน ถูก เพิ่ง ยัง ก็ จึง"
    ),
    trailing=words("ครับ ค่ะ คะ นะ เลย นี้ นั้น แล้ว มาก อยู่ ไว้ เอง ด้วยกัน"),
)
