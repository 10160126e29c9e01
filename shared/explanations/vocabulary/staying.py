"""An attacker stays: persistence, evasion of defences, command and control."""

from shared.explanations.vocabulary.play import play

PLAYS = (
    play(
        "persist",
        "persist|establish persist|install persist|maintain access|create service|install service|service persist"
        "|service persist window|modify service|system process",
        "creating a service on {target} that starts it again after a restart",
        "T1543.003 M1018 @Persistence",
        linux="T1543.002 M1018 @Persistence",
        web="T1505.003 M1042",
        cloud_identity_account="T1098 M1032 @Persistence",
        domain="T1098 M1026 @Persistence",
        container="T1610 M1047 @Execution",
        network="T1542 M1046 @Persistence",
    ),
    play(
        "install_backdoor",
        "backdoor|install backdoor|drop backdoor|deploy backdoor|create backdoor|open backdoor",
        "installing a backdoor on {target}, to come back without breaking in again",
        "T1543 M1040 @Persistence",
        web="T1505.003 M1042",
        network="T1542 M1046 @Persistence",
        cloud_identity_account_domain="T1098 M1026 @Persistence",
    ),
    play(
        "web_shell",
        "web shell|install web shell|drop web shell|deploy web shell|upload web shell",
        "placing a web shell on {target}, to run commands through a web page",
        "T1505.003 M1042",
    ),
    play(
        "schedule_task",
        "schedule task|schedule|create schedule task|task schedule",
        "scheduling a task on {target} that starts its code again and again",
        "T1053 M1018 @Persistence",
    ),
    play(
        "autostart",
        "autostart|registry run key|run key|startup folder|boot persist|login script|startup",
        "entering its code among the programs that {target} starts at boot or logon",
        "T1547 @Persistence",
    ),
    play(
        "create_account",
        "create account|create user|create admin|create local account|create user account|backdoor account",
        "creating an account of its own on {target}",
        "T1136 M1032",
    ),
    play(
        "manipulate_account",
        "manipulate account|modify account|account manipulate|create credential|reset password|escalate account"
        "|grant role|create ssh key|modify permission",
        "changing the rights or the credentials of an account on {target}, to keep its access",
        "T1098 M1026 @Persistence",
    ),
    play(
        "modify_registry",
        "modify registry|registry|edit registry",
        "changing the registry of {target}, to hide or to stay",
        "T1112 M1024 @Defense Evasion",
    ),
    play(
        "clear_traces",
        "clear log|clear event log|delete log|remove log|clear trace|remove evidence|anti analyse|remove track"
        "|clear track|wipe log|clear|remove trace|remove artifact|indicator remove|clear history",
        "deleting logs and other traces of its work on {target}",
        "T1070 M1029",
        cloud="T1562.008 M1018",
    ),
    play(
        "disable_protection",
        "disable antivirus|disable defender|disable security|disable protection|disable defence|disable tool"
        "|antivirus evasion"
        "|bypass antivirus|stop antivirus|disable monitor|disable agent|tamper protection|evade antivirus",
        "switching off the protection of {target}, to work unseen",
        "T1562.001 M1018",
    ),
    play(
        "disable_firewall",
        "disable firewall|modify firewall|stop firewall|remove firewall rule|modify firewall rule",
        "opening the firewall of {target} to its own traffic",
        "T1562.004 M1018",
    ),
    play(
        "disable_logging",
        "disable log|stop log|disable event log|disable audit|disable cloud log",
        "switching off the logging of {target}",
        "T1562 M1018",
        cloud="T1562.008 M1018",
    ),
    play(
        "obfuscate",
        "obfuscate|obfuscate file|encode payload|pack payload|obfuscate code|obfuscate payload",
        "obfuscating its files on {target}, so that scanners do not know them",
        "T1027 M1049",
    ),
    play(
        "masquerade",
        "masquerade|disguise|rename process|fake process|misinform",
        "giving its files and processes on {target} the names of harmless ones",
        "T1036 M1038",
    ),
    play(
        "hide",
        "hide|hide file|hide artifact|evade detection|evade|hide process|stealth",
        "hiding its files, processes or accounts on {target}",
        "T1564 M1047",
    ),
    play("rootkit", "rootkit|install rootkit|deploy rootkit", "hiding itself in the kernel of {target}", "T1014"),
    play(
        "delete_own_files",
        "delete own file|self delete|delete tool|remove tool|timestomp",
        "removing its own files from {target}",
        "T1070.004",
    ),
    play(
        "living_off_the_land",
        "lolbin|living off land|proxy execute|system binary|rundll32|regsvr32|mshta",
        "letting a trusted program of {target} run its code",
        "T1218 M1038",
    ),
    play(
        "command_and_control",
        "c2|establish c2|c2 beacon|beacon|command and control|command control|c2 communication|open c2|c2 connect"
        "|c2 terminal command|c2 server terminal command|callback|http beacon|establish connection",
        "keeping a connection from {target} to its own server, to steer what it does there",
        "T1071 M1031",
        dns="T1071.004 M1037",
        web="T1071.001 M1031",
    ),
    play(
        "dns_tunnel",
        "dns tunnel|dns c2|dns beacon",
        "hiding its connection to {target} in DNS requests",
        "T1071.004 M1037",
    ),
    play(
        "tunnel",
        "tunnel|protocol tunnel|ssh tunnel|tunnel traffic|port forward",
        "tunnelling its traffic through {target}",
        "T1572 M1037",
    ),
    play(
        "proxy",
        "proxy|proxy traffic|relay traffic|autoroute|use proxy|tor",
        "using {target} as a relay, so that its own address stays unknown",
        "T1090 M1037",
    ),
    play(
        "download_tools",
        "download tool|download payload|tool transfer|ingress tool transfer|upload tool|upload payload|download"
        "|deliver payload|download malware|install malware|deploy malware|deliver malware|upload file|upload malware"
        "|drop malware|drop payload|drop tool|drop file",
        "bringing its tools or malware from outside onto {target}",
        "T1105 M1031",
    ),
    play(
        "remote_access_tool",
        "remote access tool|install rat|rat|anydesk|teamviewer|remote access software|deploy rat",
        "steering {target} through remote access software",
        "T1219 M1042",
    ),
    play(
        "deploy_container",
        "deploy container|create container|privileged container",
        "starting a container of its own on {target}",
        "T1610 M1018 @Execution",
    ),
)
