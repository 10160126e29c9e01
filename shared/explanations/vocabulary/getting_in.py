"""An attacker gets in, runs code, gains rights and moves on."""

from shared.explanations.vocabulary.play import play

PLAYS = (
    play(
        "infiltrate",
        "infiltrate|infiltrate node|initial access|gain access|attack|enter|basic attack|attack node|exploit public"
        "|exploit application|unauthorized access|unauthorised access",
        "trying to exploit a weakness in {target}, to get in and establish a foothold there",
        "T1210 M1051",
        web_mail_public_dns="T1190 M1051",
        network="T1190 M1051",
        cloud="T1078.004 M1032 @Initial Access",
        identity_account="T1078 M1032 @Initial Access",
        storage="T1078.004 M1032 @Initial Access",
    ),
    play(
        "exploit_service",
        "exploit|exploit service|exploit remote service|exploit vulnerability|remote exploit|exploit host|exploit node"
        "|exploit ssh|exploit smb|exploit rdp|exploit server|execute code|remote execute code|eternalblue|bluekeep"
        "|smb exploit|exploit network service|directory traversal|ftp directory traversal",
        "exploiting a weakness in a network service of {target}, to run code there",
        "T1210 M1051",
        web_public_mail="T1190 M1051",
    ),
    play(
        "exploit_web",
        "sql injection|rfi|file inclusion|remote file inclusion|lfi|exploit web|exploit http|command injection|ssrf|xxe"
        "|path traversal|deserialization|exploit website|log4shell|web exploit|xss|exploit web application",
        "exploiting a fault in a web application of {target}, to run commands or to read the data behind it",
        "T1190 M1050",
    ),
    play(
        "zero_day",
        "zero day|0day|exploit zero day|zero day attack",
        "exploiting a weakness of {target} that nobody has a patch for yet",
        "T1210 M1048",
        web_public_mail_network="T1190 M1048",
        workstation="T1203 M1048",
    ),
    play(
        "phish",
        "phish|phish user|phish mail|send phish|send phish mail|social engineering|mail phish|phish campaign",
        "sending deceptive messages to the users of {target}, so that one of them lets it in",
        "T1566 M1017",
    ),
    play(
        "phish_attachment",
        "spear phish attachment|phish attachment|malware attachment|mail attachment|send attachment",
        "mailing an infected attachment to chosen users of {target}",
        "T1566.001 M1049",
    ),
    play(
        "phish_link",
        "spear phish link|phish link|malware link|send link|spear phish",
        "mailing chosen users of {target} a link to a page that steals passwords or delivers malware",
        "T1566.002 M1021",
    ),
    play(
        "drive_by",
        "drive by|watering hole|drive by download|drive by compromise",
        "letting a visited web page infect {target}",
        "T1189 M1021",
    ),
    play(
        "supply_chain",
        "supply chain|supply chain attack|dependency confusion|compromise update|backdoor update",
        "reaching {target} through software or updates that it trusts",
        "T1195 M1016",
    ),
    play(
        "removable_media",
        "usb|usb drop|removable media|usb attack|bad usb",
        "carrying malware to {target} on removable media",
        "T1091 M1034 @Initial Access",
    ),
    play(
        "use_accounts",
        "login|remote login|session remote login|use credential|connect credential|connect with credential"
        "|valid account|valid credential|use account|reuse credential|login credential|connect|steal session login",
        "signing in to {target} with credentials that it has no right to",
        "T1078 M1032 @Initial Access",
        cloud_storage="T1078.004 M1032 @Initial Access",
        domain="T1078.002 M1032 @Privilege Escalation",
    ),
    play(
        "external_remote_service",
        "vpn access|vpn login|external remote service|exposed rdp|connect vpn",
        "entering {target} through a remote access service that faces the internet",
        "T1133 M1032 @Initial Access",
    ),
    play(
        "execute_command",
        "execute command|run command|command execute|execute script|script|execute payload|reverse shell|spawn shell"
        "|execute|launch payload",
        "running commands of its own on {target}",
        "T1059 M1038",
        container="T1609 M1035",
    ),
    play(
        "powershell",
        "powershell|powershell script|execute powershell|powershell command",
        "running PowerShell commands on {target}",
        "T1059.001 M1038",
    ),
    play(
        "service_execution",
        "psexec|execute psexec|service execute",
        "copying a program to an administrative share of {target} and starting it there as a service",
        "T1021.002 T1569.002 M1026",
    ),
    play(
        "user_execution",
        "user execute|open attachment|malware file|execute malware|click link|user click",
        "making a user of {target} open a malicious file",
        "T1204 M1038",
    ),
    play(
        "escalate_privileges",
        "escalate privilege|escalate|kernel exploit|exploit kernel|local exploit|gain root|gain admin|local escalate"
        "|root exploit|escalate local privilege|become root|exploit local",
        "exploiting a weakness in the system of {target}, to gain higher rights on it",
        "T1068 M1051",
        container="T1611 M1048",
        domain="T1068 M1051",
    ),
    play(
        "token_theft",
        "juicypotato|potato|steal token|token impersonation|impersonate|token manipulate|access token",
        "using the access token of a privileged process on {target}, to act with its rights",
        "T1134 M1026 @Privilege Escalation",
        cloud_web="T1528 M1018",
    ),
    play(
        "bypass_elevation",
        "bypass uac|uac bypass|sudo|abuse sudo|setuid|sudo abuse|escalate uac|escalate sudo",
        "abusing the way {target} grants higher rights on request",
        "T1548 M1026 @Privilege Escalation",
    ),
    play(
        "inject_process",
        "process injection|inject process|dll injection|process hollowing|inject code|inject dll",
        "hiding its code inside a process that already runs on {target}",
        "T1055 M1040 @Defense Evasion",
    ),
    play(
        "escape_container",
        "container escape|escape container|escape host|escape",
        "breaking out of a container on {target}, to reach the system beneath it",
        "T1611 M1048",
    ),
    play(
        "move_laterally",
        "lateral move|move|move lateral|lateral|move node|move host|pivot network",
        "using a remote service to move from a system that it holds to {target}",
        "T1021 M1032",
        domain="T1021.002 M1026",
        workstation="T1021.001 M1032",
        cloud="T1021.007 M1032",
        linux="T1021.004 M1032",
        file="T1021.002 M1026",
    ),
    play(
        "remote_desktop",
        "rdp|rdp lateral move|remote desktop|rdp login|connect rdp",
        "opening a remote desktop session on {target}",
        "T1021.001 M1032",
    ),
    play(
        "remote_shell",
        "ssh|ssh login|ssh lateral move|connect ssh|ssh session|remote shell",
        "opening a shell on {target} over SSH",
        "T1021.004 M1032",
    ),
    play(
        "admin_share",
        "smb|smb lateral move|admin share|smb share|net use|mount share|smb login",
        "using the administrative shares of {target}",
        "T1021.002 M1026",
    ),
    play(
        "remote_management",
        "winrm|winrm lateral move|remote management",
        "running commands on {target} over Windows Remote Management",
        "T1021.006 M1026",
    ),
    play("wmi", "wmi|wmi execute|wmi lateral move", "running commands on {target} over WMI", "T1047 M1026"),
    play(
        "pass_the_hash",
        "pass the hash|hash pass|use hash|pth",
        "signing in to {target} with the hash of a password instead of the password",
        "T1550.002 M1026 @Lateral Movement",
    ),
    play(
        "pass_the_ticket",
        "pass the ticket|ticket pass|use ticket",
        "signing in to {target} with a stolen Kerberos ticket",
        "T1550.003 M1026 @Lateral Movement",
    ),
    play(
        "spread",
        "spread|spread node|spread network|malware spread|random spread",
        "copying itself from system to system, {target} among them, through their network services",
        "T1210 T1570 M1030",
    ),
    play(
        "copy_tools",
        "lateral tool transfer|copy tool|copy file|transfer tool lateral",
        "copying its tools to {target} from a system that it holds",
        "T1570 M1037",
    ),
    play(
        "hijack_session",
        "hijack session|session hijack|rdp hijack|ssh hijack",
        "taking over a session that somebody else has open on {target}",
        "T1563 M1026",
        web="T1539 M1032",
    ),
    play(
        "internal_phish",
        "internal phish|internal spear phish",
        "sending deceptive messages from an account inside to other users of {target}",
        "T1534",
    ),
)
