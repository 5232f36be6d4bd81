// One month of the wallet, to check and to print.
import { PrinterOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useSearchParams } from "react-router";
import { answer, api } from "../api/client";
import { micro, money, time } from "../figures";
import { Figures } from "../frame/Figures";
import { Shown } from "../frame/Shown";
import { Title } from "../frame/Title";
import { useSay } from "../say";
import { Month, thisMonth } from "./month";
import { entryName } from "./words";
import "./wallet.css";

export default function MonthStatement() {
  const say = useSay();
  const [address, setAddress] = useSearchParams();
  const month = address.get("month") ?? thisMonth();
  const statement = useQuery({ queryKey: ["wallet-statement", month], queryFn: () => answer(api.GET("/api/v1/wallet/statement", { params: { query: { month } } })) });
  return (
    <>
      <Title title={say("月结单", "Monthly statement")} back={{ to: "/wallet", label: say("钱包", "Wallet") }}
        acts={<><Month value={month} change={(to) => setAddress({ month: to }, { replace: true })} /><Button icon={<PrinterOutlined />} onClick={() => window.print()}>{say("打印", "Print")}</Button></>} />
      <Shown of={statement} rows={6}>
        {(one) => (
          <div className="stack">
            <Figures of={[
              { label: say("期初", "Opening"), value: money(one.opening, one.currency) },
              { label: say("进出笔数", "Entries"), value: one.lines.length },
              { label: say("期末", "Closing"), value: money(one.closing, one.currency) },
            ]} />
            <div className="sheet scroll-x">
              {one.lines.length === 0 ? <p className="quiet">{say("这个月没有收支。", "Nothing moved this month.")}</p> : (
                <table className="paper-table">
                  <thead><tr><th>{say("时间", "Time")}</th><th>{say("类别", "Kind")}</th><th>{say("事由", "Cause")}</th><th>{say("关于", "About")}</th><th className="end">{say("金额", "Amount")}</th></tr></thead>
                  <tbody>{one.lines.map((line, at) => <tr key={at}><td className="num">{time(line.at)}</td><td>{entryName(say, line.kind)}</td><td>{line.text}</td><td className="mono small">{line.subject}</td><td className={`num end ${micro(line.amount) > 0n ? "in" : ""}`}>{money(line.amount, one.currency)}</td></tr>)}</tbody>
                </table>
              )}
            </div>
          </div>
        )}
      </Shown>
    </>
  );
}
