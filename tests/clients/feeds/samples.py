"""A good file of every feed: all columns, filled in one row and empty where that is allowed in another.

They stand on the branch B1, the clients C1 and C2 and the customer manager S1.
"""

FILES = {
    "branches": [
        "branch_code,name,region,province,city,phone,email",
        "B2,上海徐汇营业部,华东分公司,上海市,上海市,021-12345678,xuhui@example.com",
        "B3,成都营业部,,四川省,成都市,,",
    ],
    "staff": [
        "staff_no,name,branch_code,role,phone,email,active,left_on",
        "S2,王敏,B1,customer_manager,13800000001,wm@example.com,1,",
        "S3,李强,,call_centre_agent,,,0,2026-11-01",
        "S4,赵伟,B1,region_head,,,1,2026-12-31",
    ],
    "clients": [
        "client_no,name,kind,gender,birth_date,id_type,id_number,phone,email,address,contact_person,branch_code,"
        "opened_on,status,closed_on,manager_no,introducer_no,investor_class",
        "C8,张博伟,individual,male,1980-02-29,居民身份证,11010119800229001X,138 1234 5678,z@example.com,上海市,李丽,"
        "B1,2020-03-27,active,,S1,S1,professional",
        'C9,"=cmd|""/C calc""!A0",institution,,,,,,,,,B1,2020-03-27,closed,2026-01-01,,,',
    ],
    "assets": [
        "client_no,date,cash,securities",
        "C1,2026-11-20,-20.50,100",
        "C2,2026-11-20T10:00:00Z,0.01,9999999999999999.99",
        "C2,2026-10-31,1,2",
    ],
    "trades": [
        "trade_no,client_no,traded_at,market,symbol,side,quantity,amount,commission,channel,order_no",
        "T1,C1,2026-11-20T10:15:30,SH,600000,buy,100,1234.50,5.00,app,O1",
        "T2,C2,2026-10-20T10:15:30+0800,SZ,000001,sell,0.5,.5,,,",
    ],
    "cashflows": [
        "flow_no,client_no,occurred_at,direction,amount,kind",
        "F1,C1,2026-11-20T10:15:30,in,1234.50,interest",
        "F2,C2,2026-10-20,out,1,",
    ],
    "alerts": [
        "alert_no,client_no,raised_on,source,kind,summary,closed_on",
        "A1,C1,2026-11-18,exchange,频繁撤单,x,2026-11-20",
        'A2,C2,2026-11-18,system,,"one\ntwo, three",',
    ],
    "risk_assessments": [
        "client_no,assessed_on,level,score,valid_until",
        "C1,2026-01-15,steady,,",
        "C2,2024-02-29,,46.75,2027-01-01",
    ],
    "service_records": [
        "record_no,client_no,occurred_at,channel,direction,staff_no,duration_seconds,wait_seconds,topic,summary,outcome",
        "R1,C1,2026-11-20T09:30:00,phone,inbound,S1,166,12,a,b,c",
        "R2,,2026-11-20,letter,,,,,,,",
    ],
    "permission_requests": [
        "request_no,client_no,permission,requested_on,status",
        "P1,C1,hk_connect,2026-11-01,refused",
        "P2,C2,margin,2026-11-01,",
    ],
    "complaints": [
        "complaint_no,received_at,channel,branch_code,client_no,category,subcategory,summary,transferred_at,resolution,"
        "on_time,disputed",
        "K1,2026-11-20T10:00:00,branch_phone,B1,C1,费用,佣金,佣金偏高,2026-11-19T11:00:00,已解释,yes,no",
        "K2,2026-11-20,hotline,,,,,,,,,",
    ],
}
