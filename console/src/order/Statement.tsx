// The order's bill as a page to print, as the platform set it.
import { PrinterOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useRef, useState } from "react";
import { useParams } from "react-router";
import { raw } from "../api/client";
import { Shown } from "../frame/Shown";
import { Title } from "../frame/Title";
import { useLanguage, useSay } from "../say";

export default function Statement() {
  const say = useSay();
  const { language } = useLanguage();
  const { id = "" } = useParams();
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(720);
  const page = useQuery({ queryKey: ["statement", id, language], queryFn: async () => (await raw(`/api/v1/orders/${id}/statement`)).text() });
  return (
    <>
      <Title title={say("结算单", "Statement")} back={{ to: `/orders/${id}`, label: say("订单", "Order") }}
        acts={<Button icon={<PrinterOutlined />} disabled={!page.data} onClick={() => frame.current?.contentWindow?.print()}>{say("打印", "Print")}</Button>} />
      <Shown of={page}>
        {(html) => (
          // No scripts run in it: the page is paper.
          <iframe ref={frame} title={say("结算单", "Statement")} srcDoc={html} sandbox="allow-same-origin allow-modals" className="sheet"
            style={{ width: "100%", height, padding: 0 }} onLoad={() => setHeight((frame.current?.contentDocument?.documentElement.scrollHeight ?? 700) + 24)} />
        )}
      </Shown>
    </>
  );
}
