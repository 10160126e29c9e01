"""What defenders do. The techniques are those that the action counters.

Where `nearest` is set, ATT&CK has no such mitigation and the most similar one is named; without a mitigation, the
action is response or deception, which ATT&CK leaves to D3FEND and Engage.
"""

from shared.explanations.vocabulary.play import play

PLAYS = (
    play(
        "isolate",
        "isolate|isolate host|isolate node|isolate system|network isolate|disable nic|host nic disable|nic disable"
        "|disable network|disable port|cut connection|isolate network|disable interface|isolate endpoint",
        "cutting {target} off from the network, so that an intruder on it can neither move on nor be steered",
        "T1210 T1021.001 T1095 M1030",
        nearest=True,
    ),
    play(
        "segment",
        "segment|segment network|network segment|vlan|create vlan|separate network|zero trust",
        "dividing {target} into separate zones, so that an intrusion into one does not reach the others",
        "T1210 T1046 T1199 M1030",
    ),
    play(
        "patch",
        "patch|patch node|patch system|patch vulnerability|service patch|patch service|reduce vulnerability"
        "|patch software|fix bug|patch bug|vulnerability patch|apply patch|patch host|remediate vulnerability"
        "|node patch|fix|file repair",
        "closing known weaknesses of {target} with updates, so that exploits for them fail",
        "T1190 T1210 T1068 M1051",
    ),
    play(
        "block_traffic",
        "block|block ip|block traffic|firewall rule|patch firewall rule|create firewall rule|router rule|block port"
        "|block address|block connection|block domain|filter traffic|traffic filter|rule|firewall|sinkhole"
        "|router rule rule|create rule|close port|block c2|block host|configure firewall|block traffic traffic"
        "|enable firewall|block attack|block scan|block port scan|block dos|block malware|geo block|block network"
        "|drop traffic|blackhole",
        "refusing hostile or needless traffic to or from {target}",
        "T1071 T1190 T1498 M1037",
    ),
    play(
        "limit_rate",
        "limit|limit rate|rate limit|limit traffic|dos protection|scrub traffic|enable dos protection",
        "limiting how much traffic {target} accepts, so that a flood does not stop it",
        "T1498 T1499 M1037",
    ),
    play(
        "allow_traffic",
        "allow traffic|allow traffic traffic|unblock|unblock ip|remove firewall rule|remove rule|router rule remove"
        "|reconnect|reconnect node|reconnect host|enable nic|host nic enable|nic enable|enable port|release host"
        "|remove isolate|lift isolate|release isolate|end isolate|stop isolate|unblock port|unblock address"
        "|remove block"
        "|lift block",
        "letting {target} back onto the network after it was cut off",
    ),
    play(
        "monitor",
        "monitor|monitor node|monitor network|monitor host|monitor traffic|watch|audit|log|enable log|review log"
        "|audit log|collect log|monitor service|monitor log|enable audit|threat hunt|hunt",
        "recording and reviewing what happens on {target}, so that an attack does not stay unseen",
        "T1059 T1543.003 T1548 M1047",
    ),
    play(
        "detect_intrusion",
        "detect|detect attack|detect infiltrate|detect anomaly|detect threat|detect scan|detect move lateral"
        "|ids|ips|deploy ids|deploy ips|intrusion detection|infiltrate detection|infiltrate prevention|enable ids"
        "|enable ips|tune ids|deep packet inspection|packet analyse",
        "inspecting the traffic of {target} for the signs of an attack and stopping what carries them",
        "T1046 T1071 T1105 M1031",
    ),
    play(
        "analyse",
        "analyse|analyse host|analyse node|analyse file|analyse malware|os scan|malware scan|file scan|folder scan"
        "|scan file|scan malware|antivirus scan|density scout|sig check|check hash|file checkhash|scan host"
        "|memory analyse|collect evidence|application scan|process scan|scan system|virus scan|antivirus",
        "examining {target} for malware and other traces of an intruder",
        "T1566.001 T1027 T1036 M1049",
    ),
    play(
        "remove_malware",
        "remove|remove malware|remove session|remove backdoor|remove threat|make safe|make node safe|remove virus"
        "|remove ransomware|remove rootkit|remove web shell|delete malware|delete backdoor|remove infection"
        "|remove attacker"
        "|clean node|eradicate|evict|remove user session|node safe|file delete malware",
        "removing malware and the intruder's sessions from {target}",
        "T1566.001 T1027 T1059 M1049",
    ),
    play(
        "stop_process",
        "stop process|process stop|disable process|stop service|service stop|disable service|service disable"
        "|application close|application remove|remove application|block process|block execute|stop application",
        "stopping a program on {target} that may not run there",
        "T1059 T1204 T1068 M1038",
        nearest=True,
    ),
    play(
        "restore",
        "restore|restore node|restore backup|restore system|restore host|reimage|reimage node|reinstall|file restore"
        "|restore file|folder restore|restore from backup|restore service|restore data|data restore|reset node|rebuild"
        "|node reset|restore server|restore delete file|restore delete data"
        "|rollback|rollback node|rollback system|rollback host|rollback server|rollback file|rollback data",
        "bringing {target} back to a clean state from a copy that was made before the attack",
        "T1485 T1486 T1490 M1053",
    ),
    play(
        "back_up",
        "backup|backup data|create backup|data backup|backup system|backup node|create snapshot|database backup",
        "keeping copies of {target} out of an attacker's reach, so that it can be restored",
        "T1485 T1486 T1490 M1053",
    ),
    play(
        "deploy_decoy",
        "decoy|deploy decoy|create decoy|decoy node|decoy apache|decoy sshd|decoy tomcat|decoy smss|decoy svchost"
        "|decoy vsftpd|decoy femitter|decoy haraka|create decoy node|decoy service|canary|deploy canary|decoy token"
        "|misinform|honey|deploy decoy service|decoy file|trap|tarpit",
        "placing a decoy at {target}, so that whoever touches it gives itself away and loses time",
        "T1046 T1018 T1210 T1078",
    ),
    play(
        "enable_mfa",
        "mfa|enable mfa|enforce mfa|deploy mfa",
        "asking for a second factor at {target}, so that a stolen password alone opens nothing",
        "T1078 T1110 T1133 M1032",
    ),
    play(
        "reset_password",
        "reset password|reset credential|password reset|account reset password|rotate credential|rotate key"
        "|force password reset|reset account|password policy|password rule|strong password|rotate secret",
        "replacing the passwords of {target}, so that those an attacker knows no longer open it",
        "T1078 T1110 T1003 M1027",
    ),
    play(
        "disable_account",
        "disable account|lock account|disable user|revoke access|revoke session|revoke token|revoke privilege"
        "|remove account|lock user|suspend account|suspend user|block account|block user|delete account|account disable"
        "|session remote logoff|logoff|revoke credential|revoke key|remove privilege|disable user account",
        "taking accounts or sessions of {target} out of use, so that nobody can act through them",
        "T1078 T1021 T1098 M1018",
    ),
    play(
        "limit_privileges",
        "least privilege|limit privilege|reduce privilege|privilege manage|harden privilege|limit admin|limit account",
        "leaving the accounts of {target} only the rights that their work needs",
        "T1078 T1003 T1548 M1026",
    ),
    play(
        "limit_access",
        "limit access|access control|limit network access|block access|disable remote access|limit remote access|nac",
        "making {target} reachable only for those who need it",
        "T1133 T1021 T1190 M1035",
    ),
    play(
        "harden",
        "harden|harden node|harden system|disable feature|remove service|remove feature|harden host"
        "|reduce attack surface|reduce surface|disable protocol|disable smb|disable macro|configuration harden"
        "|disable unused service",
        "switching off what {target} does not need, so that it cannot be attacked",
        "T1210 T1133 T1021 M1042",
    ),
    play(
        "scan_vulnerabilities",
        "vulnerability scan|scan vulnerability|scan|scan network|port scan|service scan|scan node|assess vulnerability"
        "|penetration test|vulnerability assessment|scan service|discover vulnerability|nmap scan|nmap port scan",
        "looking for weaknesses of {target} before an attacker finds them",
        "T1190 T1210 M1016",
    ),
    play(
        "train_users",
        "train|train user|user train|security train|phish train|train staff|phish simulate|simulate phish"
        "|user awareness",
        "teaching the people of {target} to recognise deception, so that it works less often",
        "T1566 T1204 T1657 M1017",
    ),
    play(
        "filter_mail",
        "filter mail|mail filter|block mail|block attachment|mail gateway|block link|filter web|block website"
        "|block phish|quarantine mail|isolate mail|web filter",
        "keeping dangerous messages and pages away from the users of {target}",
        "T1566 T1189 T1204 M1021",
    ),
    play(
        "encrypt_data",
        "encrypt|encrypt data|encrypt disk|encrypt traffic|enable tls|encrypt file|enable encrypt|encrypt communication"
        "|tls|disk encrypt",
        "encrypting the data of {target}, so that whoever takes or overhears it cannot read it",
        "T1557 T1040 T1565 M1041",
    ),
    play(
        "prevent_data_loss",
        "dlp|data loss prevention|prevent exfiltrate|block exfiltrate|deploy dlp|enable dlp|stop exfiltrate",
        "refusing to let sensitive data of {target} leave the network",
        "T1041 T1567 T1048 M1057",
    ),
    play(
        "allow_programs",
        "allow application|application allow|allow list|execution prevention|execute prevention|application control"
        "|allow only|applocker|block macro|block script|disable script",
        "letting only approved programs run on {target}",
        "T1059 T1204 T1562.001 M1038",
    ),
    play(
        "protect_endpoint",
        "deploy antivirus|enable antivirus|install antivirus|endpoint protection|behavior prevention|patch antivirus"
        "|behaviour prevention|deploy endpoint protection",
        "watching the behaviour of programs on {target} and stopping those that act like malware",
        "T1055 T1486 T1204 M1040",
    ),
    play(
        "sandbox",
        "sandbox|application isolate|isolate application|container isolate|sandbox application|browser isolate",
        "running the programs of {target} in a closed environment, so that a broken one breaks nothing else",
        "T1190 T1611 T1203 M1048",
    ),
    play(
        "share_intelligence",
        "threat intelligence|patch threat intelligence|import indicator|threat feed",
        "using what is known of current attackers to prepare {target}",
        "T1210 T1068 T1212 M1019",
    ),
    play(
        "shut_down",
        "shutdown|shutdown node|node shutdown|power down|power off|shutdown host|shutdown server|shutdown system"
        "|shutdown database|shutdown service|turn off node|turn off host|turn off server",
        "switching {target} off, so that nothing runs on it any more",
    ),
    play(
        "start_up",
        "startup|start service|service start|service restart|restart|restart service|node startup|service enable"
        "|enable service|start node|service resume|reboot",
        "putting {target} back into operation",
    ),
    play(
        "alert_team",
        "alert|notify|raise alert|escalate|escalate incident|create ticket|report|alert soc|create incident",
        "telling the people who decide about {target} what was seen",
    ),
    play(
        "wait",
        "wait|do wait|idle|wait step|wait turn|wait round",
        "doing nothing in this step",
    ),
)
