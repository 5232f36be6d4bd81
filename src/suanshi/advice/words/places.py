"""Provinces and compute hubs of China by their names in both languages."""

from __future__ import annotations

import re

PLACES: dict[str, str] = {
    "北京": "beijing", "天津": "tianjin", "上海": "shanghai", "重庆": "chongqing", "河北": "hebei", "山西": "shanxi",
    "内蒙古": "inner mongolia", "辽宁": "liaoning", "吉林": "jilin", "黑龙江": "heilongjiang", "江苏": "jiangsu",
    "浙江": "zhejiang", "安徽": "anhui", "福建": "fujian", "江西": "jiangxi", "山东": "shandong", "河南": "henan",
    "湖北": "hubei", "湖南": "hunan", "广东": "guangdong", "广西": "guangxi", "海南": "hainan", "四川": "sichuan",
    "贵州": "guizhou", "云南": "yunnan", "西藏": "tibet", "陕西": "shaanxi", "甘肃": "gansu", "青海": "qinghai",
    "宁夏": "ningxia", "新疆": "xinjiang", "香港": "hong kong",
    "芜湖": "wuhu", "合肥": "hefei", "庆阳": "qingyang", "深圳": "shenzhen", "广州": "guangzhou", "韶关": "shaoguan",
    "杭州": "hangzhou", "南京": "nanjing", "苏州": "suzhou", "武汉": "wuhan", "成都": "chengdu", "贵阳": "guiyang",
    "呼和浩特": "hohhot", "乌兰察布": "ulanqab", "中卫": "zhongwei", "张家口": "zhangjiakou", "西安": "xi'an",
    "大连": "dalian", "青岛": "qingdao", "厦门": "xiamen",
}  # fmt: skip


def places(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Places normalised `text` wants, and places it does not ("不要北京", "not in Beijing"), by their Chinese names."""
    found: dict[bool, list[tuple[int, str]]] = {True: [], False: []}
    for zh, en in PLACES.items():
        for match in re.finditer(rf"{zh}|\b{re.escape(en)}\b", text):
            refused = re.search(r"(?:不要|不在|不能在|除了?|避开|not (?:in )?|except |outside )$", text[: match.start()])
            found[not refused].append((match.start(), zh))
    wanted, unwanted = (tuple(dict.fromkeys(zh for _, zh in sorted(found[side]))) for side in (True, False))
    return wanted, unwanted


def same(wished: str, region: str) -> bool:
    """Whether an offer's `region`, however it is written, lies in the place wished for, however that is written."""
    place, where = wished.lower(), region.lower()
    names = {place, PLACES.get(place, place), *(zh for zh, en in PLACES.items() if en == place)}
    return any(name in where for name in names)
